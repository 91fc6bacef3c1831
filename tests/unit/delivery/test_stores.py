"""Delivery into stores: S3 (an imitation on this machine), SFTP (OpenSSH), and memory."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.delivery import stores
from generator.delivery.ledger import Ledger
from generator.editions.store import find_edition
from generator.errors import DeliveryError, ReportError
from tests.support.deliveries import delivered, planned, project_with
from tests.support.s3_server import S3Server, s3_server
from tests.support.ssh_server import SSHD, SshServer, ssh_server

FILES = {"note-zh.docx", "note-en.docx", "deck-en.pptx"}
KEYS = {"AWS_ACCESS_KEY_ID": "reporter", "AWS_SECRET_ACCESS_KEY": "s3cr3t-s3cr3t-s3cr3t"}


def contents(definition: Path) -> dict[str, bytes]:
    edition = find_edition(definition.parent / "output", "last")
    return {file.name: (edition.folder / file.name).read_bytes() for file in edition.files}


class TestS3:
    @pytest.fixture
    def server(self) -> Iterator[S3Server]:
        """A store that speaks S3."""
        with s3_server() as server:
            yield server

    def target(self, server: S3Server, *, url: str = "s3://reports/zone/{edition}", **more) -> str:
        options = {"endpoint_url": f"http://127.0.0.1:{server.port}", **more}
        rest = "".join(f"        {name}: {value}\n" for name, value in options.items())
        return f"  bucket:\n    store:\n      url: '{url}'\n      options:\n{rest}"

    def test_each_object_is_put_once_and_the_manifest_last(self, tmp_path, server):
        definition = project_with(tmp_path, self.target(server))

        outcome = delivered(definition, environment=KEYS)

        place = "reports/zone/2026-11-23-1"
        assert (outcome.state, outcome.place) == ("sent", f"s3://{place}")
        assert server.puts[-1] == f"{place}/edition.json"
        assert sorted(server.puts) == sorted(f"{place}/{n}" for n in (*FILES, "edition.json"))
        for name, data in contents(definition).items():
            assert server.objects[f"{place}/{name}"] == data
        manifest = json.loads(server.objects[f"{place}/edition.json"])
        assert manifest["edition"] == "2026-11-23-1"

    def test_what_is_there_is_compared_and_not_put_again(self, tmp_path, server):
        definition = project_with(tmp_path, self.target(server))
        delivered(definition, environment=KEYS)
        server.objects["reports/zone/2026-11-23-1/note-zh.docx"] = b"damaged"
        server.puts.clear()

        outcome = delivered(definition, environment=KEYS, again=True)

        assert outcome.note == "1 of 3 files written"
        assert [path.rpartition("/")[2] for path in server.puts] == ["note-zh.docx", "edition.json"]

    def test_a_newer_edition_is_not_replaced_by_an_older_one(self, tmp_path, server):
        definition = project_with(
            tmp_path, self.target(server, url="s3://reports/zone"), editions=2
        )
        delivered(definition, environment=KEYS)

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=KEYS, edition="2026-11-23-1")

        assert caught.value.message == "s3://reports/zone holds the newer edition 2026-11-23-2"

    def test_wrong_credentials_are_not_tried_again_and_never_told(self, tmp_path, server):
        definition = project_with(tmp_path, self.target(server))
        pauses: list[float] = []
        wrong = {**KEYS, "AWS_ACCESS_KEY_ID": "somebody-else"}

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, environment=wrong, sleep=pauses.append)

        assert "cannot be written: PermissionError" in caught.value.message
        assert "variables of the environment" in str(caught.value.hint)
        assert (pauses, server.objects) == ([], {})
        record = Ledger.of(tmp_path / "output").path(planned(definition).key).read_text("utf-8")
        for text in (str(caught.value), record):
            assert "somebody-else" not in text
            assert "s3cr3t" not in text

    def test_a_store_that_stumbles_is_tried_again(self, tmp_path, server):
        server.answers += [(503, "SlowDown")] * 2
        definition = project_with(tmp_path, self.target(server))
        pauses: list[float] = []

        outcome = delivered(definition, environment=KEYS, sleep=pauses.append)

        assert outcome.state == "sent"
        assert len(server.objects) == 4

    def test_a_store_that_is_down_is_told(self, tmp_path):
        with s3_server() as server:
            definition = project_with(tmp_path, self.target(server) + "    retries: 1\n")

        with pytest.raises(DeliveryError, match=r"cannot be written: .*\(tried 2 times\)"):
            delivered(definition, environment=KEYS)

    def test_a_store_that_never_answers_is_left_in_time(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = S3Server(port=silent.getsockname()[1])
            definition = project_with(
                tmp_path, self.target(server) + "    retries: 0\n    seconds: 1\n"
            )

            with pytest.raises(DeliveryError) as caught:
                delivered(definition, environment=KEYS)

        assert caught.value.message

    def test_variables_of_the_definition_win(self, tmp_path, server):
        options = {"key": "{env: OUR_KEY}", "secret": "{env: OUR_SECRET}"}
        definition = project_with(tmp_path, self.target(server, **options))
        ours = {"OUR_KEY": "reporter", "OUR_SECRET": "x" * 20, "AWS_ACCESS_KEY_ID": "other"}

        assert delivered(definition, environment=ours).state == "sent"

    def test_secrets_do_not_stand_in_definitions(self, tmp_path, server):
        definition = project_with(tmp_path, self.target(server, secret="abc"))

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == '"secret" does not belong into a definition'
        assert "secret: {env: VARIABLE}" in str(caught.value.hint)


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """A server that gives SFTP."""
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")
class TestSftp:
    def target(self, server: SshServer, folder: Path, known_hosts: Path | str | None = None) -> str:
        return (
            f"  share:\n    retries: 1\n    seconds: 20\n    store:\n"
            f"      url: 'sftp://{server.user}@127.0.0.1:{server.port}{folder}/{{edition}}'\n"
            f"      options:\n        client_keys: {server.key}\n"
            f"        known_hosts: {known_hosts or server.known_hosts}\n"
        )

    def test_files_appear_under_their_names_when_they_are_whole(self, tmp_path, ssh, monkeypatch):
        share = tmp_path / "share"
        definition = project_with(tmp_path / "project", self.target(ssh, share))
        seen: list[set[str]] = []
        put = stores._put

        def watched(*arguments) -> None:
            put(*arguments)
            seen.append({path.name for path in (share / "2026-11-23-1").iterdir()})

        monkeypatch.setattr(stores, "_put", watched)
        outcome = delivered(definition)

        folder = share / "2026-11-23-1"
        assert outcome.state == "sent"
        assert {n: (folder / n).read_bytes() for n in FILES} == contents(definition)
        assert seen[-1] == FILES | {"edition.json"}
        assert "edition.json" not in seen[-2]
        assert not any(name.startswith(".") for names in seen for name in names)

    def test_a_file_that_is_there_is_replaced_in_one_step(self, tmp_path, ssh):
        share = tmp_path / "share"
        folder = share / "2026-11-23-1"
        folder.mkdir(parents=True)
        (folder / "note-zh.docx").write_bytes(b"old")
        (folder / ".note-zh.docx.0123abcd.part").write_bytes(b"left by a delivery that was killed")
        (folder / ".theirs.docx.0123abcd.part").write_bytes(b"left by others")
        reader = (folder / "note-zh.docx").open("rb")
        definition = project_with(tmp_path / "project", self.target(ssh, share))

        delivered(definition)

        with reader:
            assert reader.read() == b"old"  # who reads it keeps the whole old file
        hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        assert hidden == [".theirs.docx.0123abcd.part"]
        assert (folder / "note-zh.docx").read_bytes() == contents(definition)["note-zh.docx"]

    def test_a_host_that_is_not_known_gets_nothing(self, tmp_path, ssh):
        share = tmp_path / "share"
        key = tmp_path / "known_hosts"
        other = ssh.key.with_suffix(".pub").read_text().split()[:2]
        key.write_text(f"[127.0.0.1]:{ssh.port} {' '.join(other)}\n")
        definition = project_with(tmp_path / "project", self.target(ssh, share, key))

        with pytest.raises(DeliveryError, match="cannot be written"):
            delivered(definition)

        assert not share.exists()

    def test_hosts_are_never_trusted_unseen(self, tmp_path, ssh):
        definition = project_with(
            tmp_path / "project", self.target(ssh, tmp_path / "share", tmp_path / "none")
        )

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, dry_run=True)

        assert caught.value.message == (
            f"there is no file {tmp_path / 'none'} that tells which host is the right one"
        )
        assert "ssh-keyscan" in str(caught.value.hint)

    def test_a_wrong_key_is_told(self, tmp_path, ssh):
        import subprocess

        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "wrong"], check=True
        )
        text = self.target(ssh, tmp_path / "share").replace(
            str(ssh.key) + "\n", str(tmp_path / "wrong") + "\n"
        )
        definition = project_with(tmp_path / "project", text)

        with pytest.raises(DeliveryError, match="PermissionError: Permission denied"):
            delivered(definition)

    def test_a_folder_that_may_not_be_written_is_told(self, tmp_path, ssh):
        (tmp_path / "share").write_text("a file")
        definition = project_with(tmp_path / "project", self.target(ssh, tmp_path / "share"))

        with pytest.raises(DeliveryError, match="cannot be written"):
            delivered(definition)


class TestAnyStore:
    def test_a_store_in_memory(self, tmp_path):
        import fsspec

        name = uuid.uuid4().hex
        definition = project_with(tmp_path, f"  bucket: {{store: 'memory://{name}/{{edition}}'}}")

        outcome = delivered(definition)

        system = fsspec.filesystem("memory")
        found = {n: system.cat_file(f"/{name}/2026-11-23-1/{n}") for n in FILES}
        assert (outcome.state, found) == ("sent", contents(definition))

    def test_an_object_that_comes_out_shorter_is_told(self, tmp_path, monkeypatch):
        import fsspec

        system = fsspec.get_filesystem_class("memory")
        pipe = system.pipe_file
        monkeypatch.setattr(
            system, "pipe_file",
            lambda self, path, value, **more: pipe(self, path, value[:-1], **more),
        )  # fmt: skip
        definition = project_with(tmp_path, f"  bucket: {{store: 'memory://{uuid.uuid4().hex}'}}")

        with pytest.raises(DeliveryError, match=r"has \d+ bytes there instead of \d+"):
            delivered(definition)

    def test_a_package_that_is_missing_is_told_with_its_extra(self, tmp_path, monkeypatch):
        monkeypatch.setattr(stores, "find_spec", lambda name: None)
        definition = project_with(tmp_path, "  bucket: {store: 'gs://reports/{edition}'}")

        with pytest.raises(DeliveryError) as caught:
            delivered(definition, dry_run=True)

        assert caught.value.message == "gs:// needs the package gcsfs"
        assert caught.value.hint == "install it: pip install 'report-generator[gcs]'"

    @pytest.mark.parametrize("url", ["https://a.example.org/x", "s3:/a", "file:///x", "s3://"])
    def test_what_is_no_store_is_refused(self, tmp_path, url):
        definition = project_with(tmp_path, f"  bucket: {{store: '{url}'}}")

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == f'"{url}" is no store'
        assert "s3" in str(caught.value.hint)

    def test_a_password_in_an_address_is_refused(self, tmp_path):
        definition = project_with(tmp_path, "  share: {store: 'sftp://u:pw@h/x'}")

        with pytest.raises(ReportError) as caught:
            planned(definition)

        assert caught.value.message == "the address holds a password"

    @pytest.mark.parametrize(
        ("scheme", "variables", "options"),
        [
            ("az", {"AZURE_STORAGE_CONNECTION_STRING": "c" * 9}, {"connection_string": "c" * 9}),
            ("abfs", {"AZURE_STORAGE_ACCOUNT_NAME": "n", "AZURE_STORAGE_SAS_TOKEN": "t"},
             {"account_name": "n", "sas_token": "t"}),
            ("gs", {"GOOGLE_APPLICATION_CREDENTIALS": "/k.json"}, {"token": "/k.json"}),
        ],
    )  # fmt: skip
    def test_clouds_get_what_their_usual_variables_hold(
        self, tmp_path, monkeypatch, scheme, variables, options
    ):
        import fsspec

        given: list[dict[str, object]] = []

        def memory(url: str, **more: object):
            given.append(more)
            return fsspec.filesystem("memory"), f"/{uuid.uuid4().hex}"

        monkeypatch.setattr(stores, "find_spec", lambda name: True)
        monkeypatch.setattr("fsspec.core.url_to_fs", memory)
        definition = project_with(tmp_path, f"  bucket: {{store: '{scheme}://reports/x'}}")

        assert delivered(definition, environment=variables).state == "sent"
        assert options.items() <= given[0].items()
