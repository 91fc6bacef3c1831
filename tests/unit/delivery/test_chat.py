"""Delivery to chats, through apprise: what is said, and that no address is told."""

from __future__ import annotations

import json
import logging

import pytest

from generator.delivery import chat
from generator.delivery.ledger import Ledger
from generator.errors import DeliveryError, ReportError
from tests.support.deliveries import delivered, planned, project_with
from tests.support.web_server import web_server

TARGET = "  team:\n    retries: 1\n    chat: {url_env: CHAT_URL}\n"


def test_the_message_tells_edition_changes_and_link(tmp_path):
    with web_server() as server:
        link = "    link: 'https://f.example.org/{edition}/'\n"
        definition = project_with(tmp_path, TARGET + link, editions=2)

        outcome = delivered(
            definition, environment={"CHAT_URL": f"json://127.0.0.1:{server.port}/in"}
        )

    told = json.loads(server.requests[0][2])
    assert (outcome.state, outcome.place) == ("sent", "JSON (CHAT_URL)")
    assert told["title"] == "某区简报 (2026-11-23-2)"
    assert "- 地区生产总值：>2000亿元 → >2100亿元" in told["message"]
    assert "- GDP: > RMB 200 bn → > RMB 210 bn" in told["message"]
    assert "https://f.example.org/2026-11-23-2/" in told["message"]


def test_a_chat_that_refuses_is_told_without_its_address(tmp_path, caplog, capfd):
    token = "T0KEN-0123456789"
    with web_server(answers=[(401, {})] * 2) as server:
        definition = project_with(tmp_path, TARGET)
        url = f"json://127.0.0.1:{server.port}/{token}/"

        with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as caught:
            delivered(definition, environment={"CHAT_URL": url})

    assert caught.value.message.startswith("JSON does not take the message: ")
    assert "401" in caught.value.message
    assert caught.value.hint == "check what CHAT_URL holds, or try again later"
    record = Ledger.of(tmp_path / "output").path(planned(definition).key).read_text("utf-8")
    told = "".join((str(caught.value), record, *capfd.readouterr()))
    told += "".join(entry.getMessage() for entry in caplog.records if entry.name == "apprise")
    assert token not in told
    assert len(server.requests) == 2


def test_a_chat_that_is_down_is_told(tmp_path):
    with web_server() as server:
        definition = project_with(tmp_path, TARGET)

    with pytest.raises(DeliveryError, match=r"JSON does not take the message.*\(tried 2 times\)"):
        delivered(definition, environment={"CHAT_URL": f"json://127.0.0.1:{server.port}/"})


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack"),
        ("https://prod-1.westus.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/"
         "triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
         "&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A", "Teams"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/e5f7d1a2-1111-2222-3333-444455556666",
         "Feishu"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693abcd6-7abc-4bc4-97a0-0ec2s5aaaaaa",
         "WeCom"),
        ("https://oapi.dingtalk.com/robot/send?access_token=" + "ab12" * 16, "DingTalk"),
        ("dingtalk://SECabcd1234@" + "ab12" * 16, "DingTalk"),
    ],
)  # fmt: skip
def test_addresses_as_the_services_show_them_are_known(tmp_path, url, service):
    definition = project_with(tmp_path, TARGET)

    outcome = delivered(definition, environment={"CHAT_URL": url}, dry_run=True)

    assert service in outcome.place
    assert outcome.place.endswith("(CHAT_URL)")


@pytest.mark.parametrize("url", ["https://example.org/hooks/abc", "nonsense", "slack://"])
def test_what_is_no_address_of_a_chat_is_told_without_it(tmp_path, url, capfd):
    definition = project_with(tmp_path, TARGET)

    with pytest.raises(DeliveryError) as caught:
        delivered(definition, environment={"CHAT_URL": url}, dry_run=True)

    assert caught.value.message == "what CHAT_URL holds is no address of a chat"
    assert str(caught.value.where) == 'report.yaml, line 11, target "team"'
    assert "apprise" in str(caught.value.hint)
    assert url not in "".join(capfd.readouterr())


def test_an_address_does_not_stand_in_a_definition(tmp_path):
    definition = project_with(tmp_path, "  team: {chat: {url: 'slack://a/b/c'}}")

    with pytest.raises(ReportError) as caught:
        planned(definition)

    assert caught.value.message == "a url does not belong into a definition"
    assert "url_env" in str(caught.value.hint)


def test_apprise_that_is_missing_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(chat, "find_spec", lambda name: None)

    with pytest.raises(DeliveryError) as caught:
        delivered(project_with(tmp_path, TARGET), dry_run=True)

    assert caught.value.message == "chats need the package apprise"
    assert caught.value.hint == "install it: pip install 'report-generator[notify]'"
