"""Delivery by mail, to a server on this machine."""

from __future__ import annotations

import datetime
import re
from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.delivery.ledger import Ledger
from generator.delivery.texts import one_line
from generator.errors import DeliveryError, ReportError
from tests.support.certificates import Authority, make_authority
from tests.support.deliveries import delivered, planned, project_with
from tests.support.mail_server import MailServer, mail_server

SECRETS = {"MAIL_USER": "reporter", "MAIL_PASSWORD": "correct horse"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A test authority and a server's certificate of it."""
    return make_authority(tmp_path_factory.mktemp("authority"))


def target(server: MailServer, authority: Authority | None = None, **more: str) -> str:
    """Return a target of a mail to a server, for ``deliver:``."""
    fields = {
        "host": "localhost", "port": str(server.port), "from": "统计办公室 <stats@example.org>",
        "to": "[b@example.org]", "security": server.security,
    }  # fmt: skip
    if server.users:
        fields |= {"user_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}
    if authority is not None:
        fields["ca"] = str(authority.ca)
    own = {name: more.pop(name) for name in ("languages", "link", "retries", "seconds")
           if name in more}  # fmt: skip
    inside = "".join(f"      {name}: {value}\n" for name, value in (fields | more).items())
    beside = "".join(f"    {name}: {value}\n" for name, value in own.items())
    return f"  board:\n{beside}    mail:\n{inside}"


def parts(mail) -> dict[str, object]:
    return {part.get_content_type(): part for part in mail.message.walk()}


class TestContent:
    def test_files_are_attached_under_their_names(self, tmp_path):
        name = "滨江区简报 2026年第1期.docx"
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server, languages="[zh]"))
            folder = tmp_path / "output/editions/2026-11-23-1"
            (folder / "note-zh.docx").rename(folder / name)
            manifest = folder / "manifest.json"
            manifest.write_text(manifest.read_text("utf-8").replace("note-zh.docx", name), "utf-8")

            delivered(definition)

        (mail,) = server.mails
        (attachment,) = mail.message.iter_attachments()
        assert attachment.get_filename() == name
        assert attachment.get_content() == (folder / name).read_bytes()
        assert attachment.get_content_type().endswith("wordprocessingml.document")
        assert re.search(rb"filename\*(0\*)?=utf-8''", mail.data)  # RFC 2231
        assert mail.data.isascii()

    def test_what_changed_is_told_in_both_languages_plain_and_as_html(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server), editions=2)

            delivered(definition)

        found = parts(server.mails[0])
        plain = found["text/plain"].get_content()
        assert "自 2026-11-23-1 以来的数据变动（2 项）：" in plain
        assert "- 地区生产总值：>2000亿元 → >2100亿元（修订；2024年；" in plain
        assert "Figures that differ from 2026-11-23-1 (2):" in plain
        assert "- GDP: > RMB 200 bn → > RMB 210 bn (restated; 2024; report on a zone)" in plain
        assert plain.index("数据变动") < plain.index("Figures that differ")
        html = found["text/html"].get_content()
        assert "<td" in html
        assert "&gt;2100亿元" in html
        assert '<div lang="zh">' in html
        assert '<div lang="en">' in html

    def test_the_first_edition_says_so(self, tmp_path):
        with mail_server(security="none") as server:
            delivered(project_with(tmp_path, target(server, languages="[en]")))

        plain = parts(server.mails[0])["text/plain"].get_content()
        assert "This is the first edition." in plain
        assert "这是" not in plain

    def test_names_subject_and_link(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(
                server, cc="[刘 <c@example.org>]", reply_to="r@example.org",
                subject="{zh: '{title}（{date}）', en: '{title}'}", attach="false",
                link="'https://files.example.org/{edition}/'",
            ))  # fmt: skip

            delivered(definition)

        message = server.mails[0].message
        assert message["Subject"] == "某区简报（2026-11-23）"
        assert message["From"].addresses[0].display_name == "统计办公室"
        assert message["Cc"].addresses[0].addr_spec == "c@example.org"
        assert message["Reply-To"] == "r@example.org"
        assert message["Auto-Submitted"] == "auto-generated"
        assert "https://files.example.org/2026-11-23-1/" in message.get_body().get_content()
        assert list(message.iter_attachments()) == []

    def test_bcc_stands_nowhere_in_the_mail(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(
                tmp_path, target(server, bcc="[hidden@example.org, b@example.org]")
            )

            outcome = delivered(definition)

        (mail,) = server.mails
        assert mail.recipients == ("b@example.org", "hidden@example.org")
        assert b"hidden@" not in mail.data
        assert outcome.place == f"b@example.org, 2 in bcc by localhost:{server.port}"

    def test_the_same_edition_has_the_same_message_id(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server))
            key = planned(definition).key
            delivered(definition)
            Ledger.of(tmp_path / "output").path(key).unlink()  # as if the note had been lost
            delivered(definition)
            delivered(definition, again=True)

        ids = [mail.message["Message-ID"] for mail in server.mails]
        assert ids == [f"<{key}@example.org>"] * 2 + [f"<{key}.2@example.org>"]


class TestHeaders:
    """No text can begin a header of its own."""

    @pytest.mark.parametrize("field", ["to", "from", "subject"])
    @pytest.mark.parametrize("sign", ["\\n", "\\r", "\\x00", "\\u2028", "\\x85"])
    def test_control_characters_in_the_definition_are_refused(self, tmp_path, field, sign):
        text = f'"x@example.org{sign}Bcc: evil@example.org"'
        definition = project_with(tmp_path, target(MailServer(port=1), **{field: text}))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert "a line break or another control character" in caught.value.message
        assert caught.value.where is not None
        assert caught.value.where.line is not None
        assert caught.value.hint == "drop it"

    @pytest.mark.parametrize(
        "text", ["nobody", "a b@example.org", "a@b@c", "<>", "a@例子.cn", "A <x@y>, B <z@y>",
                 "a@b..c"]
    )  # fmt: skip
    def test_what_is_no_address_is_refused(self, tmp_path, text):
        definition = project_with(tmp_path, target(MailServer(port=1), to=f"['{text}']"))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == f'"{text}" is no address of mail'
        assert "name@example.org" in str(caught.value.hint)

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.text())
    def test_no_title_makes_two_lines(self, title):
        line = one_line(title)

        assert len(line.splitlines()) <= 1
        assert line.encode("utf-8") or not line

    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        title=st.text(max_size=200),
        name=st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters='<>"'),
                     max_size=80),
    )  # fmt: skip
    def test_a_mail_read_back_has_the_headers_that_were_meant(self, title, name, tmp_path_factory):
        message = _message(tmp_path_factory, title, name)

        read = message_from_bytes(message.as_bytes(), policy=policy.default)

        assert set(read.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
            "Content-Type",
        }  # fmt: skip
        assert len(read.keys()) == 8
        assert [a.addr_spec for a in read["To"].addresses] == ["b@example.org"]
        assert [pair[1] for pair in getaddresses([str(read["To"])])] == ["b@example.org"]
        assert max(map(len, message.as_bytes().split(b"\r\n"))) <= 998


def _message(factory: pytest.TempPathFactory, title: str, name: str):
    from generator.delivery.channel import Sending
    from generator.delivery.credentials import Credentials
    from generator.delivery.mail import make_message
    from generator.delivery.parcel import Parcel
    from generator.editions.store import Edition
    from generator.errors import Location
    from generator.model.delivery_definition import DeliveryDefinition

    to = f"{name} <b@example.org>"
    mail = {"host": "h", "from": "统计 <a@example.org>", "to": [to], "attach": False}
    edition = Edition("2026-11-23-1", 1, "2026-11-23T09:15:00+00:00", {"zh": title, "en": title},
                      "report.yaml", "x", (), {}, None, Path())  # fmt: skip
    parcel = Parcel(edition, (), ("zh", "en"), {"edition": "2026-11-23-1"})
    now = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
    return make_message(Sending(
        parcel, DeliveryDefinition.model_validate({"mail": mail}),
        Credentials({}, Location("x")), "key", Path(), Path(), now,
    ))  # fmt: skip


class TestProtection:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_the_talk_is_protected_and_signed_in(self, tmp_path, authority, security):
        users = {"reporter": "correct horse"}
        with mail_server(authority=authority, security=security, users=users) as server:
            definition = project_with(tmp_path, target(server, authority))

            outcome = delivered(definition, environment=SECRETS)

        (mail,) = server.mails
        assert (outcome.state, mail.is_protected, mail.user) == ("sent", True, "reporter")

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_that_is_not_trusted_stops_it(self, tmp_path, authority, security):
        users = {"reporter": "correct horse"}
        with mail_server(authority=authority, security=security, users=users) as server:
            definition = project_with(tmp_path, target(server))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition, environment=SECRETS)

        assert caught.value.message.startswith("the certificate of localhost is not trusted: ")
        assert str(caught.value.hint).endswith("for a certificate of your own write ca:")
        assert server.mails == []

    def test_a_certificate_of_another_host_stops_it(self, tmp_path, tmp_path_factory):
        other = make_authority(tmp_path_factory.mktemp("other"), host="mail.example.org")
        with mail_server(authority=other) as server:
            definition = project_with(tmp_path, target(server, other))

            with pytest.raises(DeliveryError, match="the certificate of localhost is not trusted"):
                delivered(definition)

        assert server.mails == []

    def test_a_server_without_starttls_gets_nothing(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server, security="starttls"))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition)

        assert caught.value.message == f"localhost:{server.port} does not offer STARTTLS"
        assert caught.value.hint == "check host:, port: and security:"
        assert server.mails == []

    def test_tls_to_a_plain_port_is_told(self, tmp_path, authority):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server, authority, security="tls"))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition)

        assert "speaks no TLS that is accepted" in caught.value.message
        assert caught.value.hint == "security: starttls goes with port 587, tls with 465"

    def test_a_wrong_password_is_not_tried_again_and_never_told(self, tmp_path, authority):
        pauses: list[float] = []
        with mail_server(authority=authority, users={"reporter": "other"}) as server:
            definition = project_with(tmp_path, target(server, authority))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition, environment=SECRETS, sleep=pauses.append)

        assert caught.value.message == (
            "localhost refuses user or password: 535 5.7.8 wrong: ***"  # the server had told it
        )
        assert caught.value.hint == "check MAIL_USER and MAIL_PASSWORD"
        assert pauses == []
        record = Ledger.of(tmp_path / "output").path(planned(definition).key).read_text("utf-8")
        assert "correct horse" not in record
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__

    def test_a_password_beyond_ascii_is_told_before_anything_is_sent(self, tmp_path):
        definition = project_with(tmp_path, target(MailServer(port=1, users={"a": "b"})))

        with pytest.raises(DeliveryError) as caught:
            delivered(
                definition, environment={"MAIL_USER": "u", "MAIL_PASSWORD": "密码"}, dry_run=True
            )

        assert caught.value.message.startswith("MAIL_PASSWORD holds signs beyond ASCII")
        assert caught.value.hint == "choose another user or password for the server"
        assert "密码" not in str(caught.value)

    def test_secrets_do_not_stand_in_definitions(self, tmp_path):
        definition = project_with(tmp_path, target(MailServer(port=1), password="secret"))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == "a password does not belong into a definition"
        assert "password_env" in str(caught.value.hint)

    def test_a_password_is_not_sent_unprotected(self, tmp_path):
        server = MailServer(port=1, security="none", users={"a": "b"})
        definition = project_with(tmp_path, target(server))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == "a password would be sent unprotected"

    def test_a_variable_that_is_not_set_is_told_before_anything_is_sent(self, tmp_path):
        server = MailServer(port=1, users={"a": "b"})
        definition = project_with(tmp_path, target(server))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, dry_run=True)

        assert caught.value.message == "the environment variable MAIL_USER is not set"
        assert str(caught.value.where) == 'report.yaml, line 11, target "board"'
        assert caught.value.hint == "set it before the report is delivered"


class TestFaults:
    def test_a_server_that_is_busy_is_tried_again_later_and_later(self, tmp_path):
        pauses: list[float] = []
        with mail_server(security="none", answers=["451 4.3.0 busy"] * 2) as server:
            outcome = delivered(project_with(tmp_path, target(server)), sleep=pauses.append)

        assert (outcome.tries, pauses, len(server.mails)) == (3, [1.0, 2.0], 1)

    def test_a_server_that_is_down_is_told_after_all_tries(self, tmp_path):
        with mail_server(security="none") as server:
            definition = project_with(tmp_path, target(server, retries="2"))
        pauses: list[float] = []

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, sleep=pauses.append)

        assert caught.value.message == (
            f"the mail server localhost:{server.port} cannot be reached or ends the talk: "
            "Connection refused (tried 3 times)"
        )
        assert caught.value.hint == "check host: and port:, or try again later"
        assert pauses == [1.0, 2.0]

    def test_a_mail_that_is_refused_is_not_tried_again(self, tmp_path):
        with mail_server(security="none", answers=["554 5.7.1 spam"]) as server:
            definition = project_with(tmp_path, target(server))

            with pytest.raises(
                DeliveryError, match=r"localhost refuses the mail: 554 5\.7\.1 spam"
            ):
                delivered(definition)

        assert server.mails == []

    def test_a_server_that_says_nothing_is_left_in_time(self, tmp_path):
        import socket

        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = MailServer(port=silent.getsockname()[1], security="none")
            definition = project_with(
                tmp_path, target(server, host="127.0.0.1", retries="0", seconds="1")
            )

            with pytest.raises(DeliveryError, match="timed out"):
                delivered(definition)

    def test_who_has_the_mail_does_not_get_it_again(self, tmp_path):
        refused = {"c@example.org": "550 5.1.1 no such user"}
        with mail_server(security="none", refused=refused) as server:
            definition = project_with(tmp_path, target(server, to="[b@example.org, c@example.org]"))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition)
            server.refused.clear()
            outcome = delivered(definition)

        assert caught.value.message == (
            "1 of 2 addresses are refused: c@example.org: 550 5.1.1 no such user"
        )
        assert outcome.state == "sent"
        assert [mail.recipients for mail in server.mails] == [
            ("b@example.org",), ("c@example.org",),
        ]  # fmt: skip
        assert len({mail.message["Message-ID"] for mail in server.mails}) == 1

    def test_an_address_that_is_refused_for_now_is_tried_again(self, tmp_path):
        refused = {"b@example.org": "450 4.2.0 greylisted"}
        with mail_server(security="none", refused=refused) as server:
            definition = project_with(tmp_path, target(server, to="[b@example.org, c@example.org]"))

            outcome = delivered(definition, sleep=lambda seconds: refused.clear())

        assert (outcome.state, outcome.tries) == ("sent", 2)
        assert [mail.recipients for mail in server.mails] == [
            ("c@example.org",), ("b@example.org",),
        ]  # fmt: skip

    def test_a_talk_that_ends_too_early_is_repeated_with_the_same_id(self, tmp_path):
        with mail_server(security="none", answers=[None]) as server:
            outcome = delivered(project_with(tmp_path, target(server)))

        assert (outcome.tries, len(server.mails)) == (2, 2)
        assert len({mail.message["Message-ID"] for mail in server.mails}) == 1

    def test_files_that_are_too_large_are_told_before_anything_is_sent(self, tmp_path):
        definition = project_with(tmp_path, target(MailServer(port=1), attachment_bytes="50000"))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, dry_run=True)

        assert re.fullmatch(
            r"the files have \d+,\d+ bytes, and the mail may carry 50,000 \(attachment_bytes\)",
            caught.value.message,
        )
        assert "attach: false" in str(caught.value.hint)

    def test_a_mail_that_the_server_finds_too_large_is_told(self, tmp_path):
        with mail_server(security="none", size=60_000) as server:
            definition = project_with(tmp_path, target(server))

            with pytest.raises(DeliveryError) as caught:
                delivered(definition)

        assert "and the server takes at most 60,000" in caught.value.message
        assert server.mails == []
