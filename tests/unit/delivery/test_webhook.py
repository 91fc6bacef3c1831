"""Delivery of signed messages, to a receiver on this machine."""

from __future__ import annotations

import base64
import socket
from pathlib import Path

import pytest

from generator.delivery.ledger import Ledger
from generator.delivery.webhook import signature
from generator.editions.store import find_edition
from generator.errors import DeliveryError, ReportError
from tests.support.certificates import Authority, make_authority
from tests.support.deliveries import delivered, planned, project_with
from tests.support.web_server import WebServer, web_server

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
BYTES = b"0123456789abcdef0123456789abcdef"
ENVIRONMENT = {"HOOK_SECRET": SECRET}


def target(server: WebServer, **more: str) -> str:
    """Return a target of a webhook at a server without TLS, for ``deliver:``."""
    fields = {
        "url": f"http://127.0.0.1:{server.port}/in?of=reports", "secret_env": "HOOK_SECRET",
        "http": "true", "private": "true",
    }  # fmt: skip
    own = {name: more.pop(name) for name in ("documents", "link", "retries", "seconds")
           if name in more}  # fmt: skip
    given = {name: text for name, text in (fields | more).items() if text != "-"}
    inside = "".join(f"      {name}: {text}\n" for name, text in given.items())
    beside = "".join(f"    {name}: {text}\n" for name, text in own.items())
    return f"  hook:\n{beside}    webhook:\n{inside}"


def test_signatures_are_those_of_standard_webhooks():
    """The example that the standard's libraries are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_message_tells_edition_files_and_changes_and_is_signed(tmp_path):
    with web_server(secret=BYTES) as server:
        definition = project_with(
            tmp_path, target(server, link="'https://f.example.org/{date}/'"), editions=2
        )

        outcome = delivered(definition, environment=ENVIRONMENT)

    key = planned(definition).key
    told = server.taken[key]
    edition = find_edition(tmp_path / "output", "last")
    assert (outcome.state, outcome.note) == ("sent", "answered 200")
    assert outcome.place == f"http://127.0.0.1:{server.port}/in"
    assert server.requests[0][0] == "/in?of=reports"
    assert (told["edition"], told["earlier"]) == ("2026-11-23-2", "2026-11-23-1")
    assert {f["name"]: f["sha256"] for f in told["files"]} == edition.digests
    assert [c["id"] for c in told["changes"]] == ["growth.gdp", "growth.rate"]
    assert told["changes"][0]["name"] == {"zh": "地区生产总值", "en": "GDP"}
    assert told["title"]["zh"] == "某区简报"
    assert told["link"] == "https://f.example.org/2026-11-23/"


def test_a_repeated_message_has_the_same_key_and_body(tmp_path):
    with web_server(secret=BYTES) as server:
        definition = project_with(tmp_path, target(server))
        key = planned(definition).key
        delivered(definition, environment=ENVIRONMENT)
        Ledger.of(tmp_path / "output").path(key).unlink()  # as if the note had been lost
        delivered(definition, environment=ENVIRONMENT)
        taken_once = len(server.taken)
        delivered(definition, environment=ENVIRONMENT, again=True)

    (_, first, body), (_, second, same), (_, third, _) = server.requests
    assert taken_once == 1
    assert body == same
    assert first["webhook-id"] == second["idempotency-key"] == key
    assert third["idempotency-key"] == f"{key}.2"


def test_another_secret_is_refused_by_the_receiver_and_not_told(tmp_path):
    with web_server(secret=b"another secret of 32 bytes......") as server:
        definition = project_with(tmp_path, target(server))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=ENVIRONMENT)

    assert caught.value.message == "127.0.0.1 answers 401 Unauthorized"
    assert caught.value.hint == "check the address, and the secret on both sides"
    assert len(server.requests) == 1
    assert SECRET not in Ledger.of(tmp_path / "output").path(planned(definition).key).read_text()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A test authority and a server's certificate of it."""
    return make_authority(tmp_path_factory.mktemp("authority"))


class TestProtection:
    def test_tls_with_a_trusted_certificate(self, tmp_path, authority):
        with web_server(authority, secret=BYTES) as server:
            url = f"https://localhost:{server.port}/in"
            definition = project_with(
                tmp_path, target(server, url=url, http="-", ca=str(authority.ca))
            )

            outcome = delivered(definition, environment=ENVIRONMENT)

        assert (outcome.state, len(server.taken)) == ("sent", 1)

    def test_a_certificate_that_is_not_trusted_stops_it(self, tmp_path, authority):
        with web_server(authority, secret=BYTES) as server:
            url = f"https://localhost:{server.port}/in"
            definition = project_with(tmp_path, target(server, url=url))

            with pytest.raises(DeliveryError, match="the certificate of localhost is not trusted"):
                delivered(definition, environment=ENVIRONMENT)

        assert server.requests == []

    def test_an_address_without_tls_is_refused_unless_it_is_meant(self, tmp_path):
        definition = project_with(tmp_path, target(WebServer(port=1), http="-"))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=ENVIRONMENT, dry_run=True)

        assert caught.value.message == "the webhook of 127.0.0.1 is not protected (http)"
        assert str(caught.value.where) == 'report.yaml, line 11, target "hook"'
        assert caught.value.hint == "use https, or write http: true if that is meant"

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:10.0.0.1]",
                                      "169.254.169.254", "10.1.2.3", "0.0.0.0"])  # fmt: skip
    def test_private_networks_are_refused_unless_they_are_meant(self, tmp_path, host):
        server = WebServer(port=1)
        definition = project_with(
            tmp_path, target(server, url=f"'http://{host}:9/in'", private="-")
        )

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=ENVIRONMENT)

        assert "leads into a private network" in caught.value.message
        assert caught.value.hint == "if it is meant, write private: true"

    def test_redirections_are_not_followed(self, tmp_path):
        with web_server(secret=BYTES) as other, web_server(secret=BYTES) as server:
            elsewhere = {"Location": f"http://127.0.0.1:{other.port}/"}
            server.answers.append((307, elsewhere))
            definition = project_with(tmp_path, target(server))

            with pytest.raises(DeliveryError, match="it leads elsewhere, and that is not followed"):
                delivered(definition, environment=ENVIRONMENT)

        assert (len(server.requests), other.requests) == (1, [])

    def test_an_address_from_the_environment_is_never_told(self, tmp_path, cli):
        definition = project_with(
            tmp_path, target(WebServer(port=1), url="-", url_env="HOOK_URL", retries="0")
        )
        variables = {"HOOK_SECRET": SECRET, "HOOK_URL": "http://127.0.0.1:9/hooks/T0KEN-0123456"}

        runs = [cli("deliver", "--report", definition, *more, **variables)
                for more in ((), ("--dry-run",), ("--json",), ("--debug",))]  # fmt: skip

        assert [run.code for run in runs] == [1, 0, 1, 1]
        for run in runs:
            assert "T0KEN" not in run.out + run.err
            assert SECRET not in run.out + run.err
        assert "http://127.0.0.1:9/..." in runs[1].out
        assert "the connection to 127.0.0.1 fails: Connection refused" in runs[0].err

    @pytest.mark.parametrize(
        ("secret", "message"),
        [
            ("short", "the secret in HOOK_SECRET is shorter than 16 bytes"),
            ("whsec_%%%", "what HOOK_SECRET holds after whsec_ is not base64"),
            ("", "the environment variable HOOK_SECRET is not set"),
        ],
    )
    def test_a_secret_that_is_none_is_told(self, tmp_path, secret, message):
        definition = project_with(tmp_path, target(WebServer(port=1)))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment={"HOOK_SECRET": secret}, dry_run=True)

        assert caught.value.message == message
        assert caught.value.hint

    def test_secrets_do_not_stand_in_definitions(self, tmp_path):
        definition = project_with(tmp_path, target(WebServer(port=1), secret="abc"))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == "a secret does not belong into a definition"
        assert "secret_env" in str(caught.value.hint)

    @pytest.mark.parametrize(
        "url", ["ftp://example.org/", "example.org", "https://u:p@example.org/"]
    )
    def test_what_is_no_address_of_a_webhook_is_refused(self, tmp_path, url):
        definition = project_with(tmp_path, target(WebServer(port=1), url=f"'{url}'"))

        with pytest.raises(ReportError) as caught:
            delivered(definition, environment=ENVIRONMENT, dry_run=True)

        assert caught.value.where is not None


class TestFaults:
    def test_a_busy_receiver_is_asked_again_when_it_says_so(self, tmp_path):
        pauses: list[float] = []
        with web_server(secret=BYTES, answers=[(503, {}), (429, {"Retry-After": "7"})]) as server:
            definition = project_with(tmp_path, target(server))

            outcome = delivered(definition, environment=ENVIRONMENT, sleep=pauses.append)

        assert (outcome.tries, pauses) == (3, [1.0, 7.0])
        assert len({headers["webhook-id"] for _, headers, _ in server.requests}) == 1

    def test_no_pause_is_longer_than_a_minute(self, tmp_path):
        pauses: list[float] = []
        with web_server(secret=BYTES, answers=[(429, {"Retry-After": "86400"})]) as server:
            definition = project_with(tmp_path, target(server))
            delivered(definition, environment=ENVIRONMENT, sleep=pauses.append)

        assert pauses == [60.0]

    def test_a_receiver_that_is_down_is_told_after_all_tries(self, tmp_path):
        with web_server() as server:
            definition = project_with(tmp_path, target(server))

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=ENVIRONMENT)

        assert caught.value.message == (
            "the connection to 127.0.0.1 fails: Connection refused (tried 4 times)"
        )
        assert caught.value.hint == "check the address, or try again later"

    def test_a_receiver_that_never_answers_is_left_in_time(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = WebServer(port=silent.getsockname()[1])
            definition = project_with(tmp_path, target(server, retries="0", seconds="1"))

            with pytest.raises(DeliveryError, match=r"the connection to 127\.0\.0\.1 fails"):
                delivered(definition, environment=ENVIRONMENT)

    def test_an_answer_that_is_none_is_told(self, tmp_path: Path):
        import threading

        def nonsense(listener: socket.socket) -> None:
            talk, _ = listener.accept()
            with talk:
                talk.recv(65_536)
                talk.sendall(b"\x00\xff nonsense\r\n\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = WebServer(port=listener.getsockname()[1])
            definition = project_with(tmp_path, target(server, retries="0"))
            threading.Thread(target=nonsense, args=(listener,), daemon=True).start()

            with pytest.raises(DeliveryError, match=r"fails: (BadStatusLine|Connection reset)"):
                delivered(definition, environment=ENVIRONMENT)
