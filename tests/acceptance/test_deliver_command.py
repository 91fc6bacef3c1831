"""``deliver`` and ``build --deliver`` as a user calls them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.support.certificates import make_authority
from tests.support.deliveries import project_with
from tests.support.mail_server import mail_server
from tests.support.projects import DEFINITION, FACTS, write_project
from tests.support.web_server import web_server

SECRET = "s3cr3t of more than 16 bytes"


def hook(port: int) -> str:
    return (f"  hook: {{retries: 0, webhook: {{url: 'http://127.0.0.1:{port}/', "
            "secret_env: HOOK_SECRET, http: true, private: true}}\n")  # fmt: skip


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_the_last_edition_goes_to_all_targets_once(tmp_path, cli):
    with web_server(secret=SECRET.encode()) as server:
        definition = project_with(tmp_path, "  shelf: {folder: shelf}\n" + hook(server.port))

        first = cli("deliver", cwd=tmp_path, HOOK_SECRET=SECRET)
        second = cli("deliver", "--json", cwd=tmp_path, HOOK_SECRET=SECRET)

    assert (first.code, first.err) == (0, "")
    lines = first.out.splitlines()
    assert lines[0] == "edition 2026-11-23-1"
    assert lines[1].split() == ["target", "kind", "where", "what", "state"]
    assert str(definition.parent / "shelf") in lines[2]
    names = ["note-zh.docx", "note-en.docx", "deck-en.pptx"]
    size = sum((definition.parent / "shelf" / name).stat().st_size for name in names) / 1024
    assert lines[2].endswith(f"{', '.join(names)} ({size:.0f} KB)  sent")
    assert lines[3].split()[-3:] == ["a", "message", "sent"]
    told = json.loads(second.out)
    assert (second.code, told["ok"], told["edition"]) == (0, True, "2026-11-23-1")
    assert [(d["target"], d["kind"], d["state"]) for d in told["deliveries"]] == [
        ("shelf", "folder", "already sent"), ("hook", "webhook", "already sent"),
    ]  # fmt: skip
    assert told["deliveries"][1]["sent"]
    assert len(server.requests) == 1


def test_a_dry_run_shows_what_would_go_where_and_touches_no_network(tmp_path, cli):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        project_with(
            tmp_path,
            "  shelf: {folder: shelf}\n" + hook(port)
            + f"  board: {{mail: {{host: 127.0.0.1, port: {port}, security: none, "
              "from: a@example.org, to: b@example.org}}\n"
              f"  bucket: {{store: {{url: 's3://b/x', options: {{endpoint_url: "
              f"'http://127.0.0.1:{port}'}}}}}}\n"
              "  team: {chat: {url_env: CHAT}}",
        )  # fmt: skip

        run = cli("deliver", "--dry-run", cwd=tmp_path, HOOK_SECRET=SECRET,
                  CHAT=f"json://127.0.0.1:{port}/T0KEN")  # fmt: skip

        with pytest.raises(TimeoutError):
            listener.accept()

    assert (run.code, run.err) == (0, "")
    assert [line.rpartition("  ")[2] for line in run.out.splitlines()[2:]] == ["to be sent"] * 5
    for where in (str(tmp_path / "shelf"), f"http://127.0.0.1:{port}/", "b@example.org by ",
                  "s3://b/x", "JSON (CHAT)"):  # fmt: skip
        assert where in run.out
    assert "T0KEN" not in run.out
    assert not (tmp_path / "shelf").exists()
    assert not (tmp_path / "output/editions/deliveries").exists()


def test_a_target_that_fails_does_not_stop_the_others(tmp_path, cli):
    away = tmp_path / "away"
    project_with(
        tmp_path / "project",
        f"  first: {{folder: '{away}/{{edition}}'}}\n" + hook(free_port())
        + "  shelf: {folder: shelf}",
    )  # fmt: skip

    run = cli("deliver", cwd=tmp_path / "project", HOOK_SECRET=SECRET)
    away.mkdir()
    later = cli("deliver", "--target", "first", "--target", "shelf", cwd=tmp_path / "project")

    assert run.code == 1
    states = [line.rpartition("  ")[2] for line in run.out.splitlines()[2:]]
    assert states == ["failed", "failed", "sent"]
    errors = [line for line in run.err.splitlines() if line.startswith("error: ")]
    assert errors == [
        f'error: report.yaml, line 11, target "first": there is no folder {away}',
        'error: report.yaml, line 12, target "hook": the connection to 127.0.0.1 fails: '
        "Connection refused",
    ]
    assert later.code == 0
    assert [line.rpartition("  ")[2] for line in later.out.splitlines()[2:]] == [
        "sent", "already sent",
    ]  # fmt: skip


def test_an_older_edition_and_again(tmp_path, cli):
    project_with(tmp_path, "  shelf: {folder: 'shelf/{edition}'}", editions=2)

    runs = [cli("deliver", "2026-11-23-1", *more, cwd=tmp_path) for more in ([], [], ["--again"])]

    assert [run.out.splitlines()[-1].rpartition("  ")[2] for run in runs] == [
        "sent", "already sent", "sent",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["2026-11-23-1"]


def test_build_and_deliver_in_one_command(tmp_path, cli):
    write_project(
        tmp_path, definition=DEFINITION + "deliver:\n  shelf: {folder: 'shelf/{edition}'}\n"
    )

    first = cli("--deliver", cwd=tmp_path)
    same = cli("build", "--deliver", "--json", cwd=tmp_path)
    (tmp_path / "data/facts.yaml").write_text(FACTS.replace("7.3", "6.1"), encoding="utf-8")
    third = cli("build", "--deliver", "--quiet", cwd=tmp_path)

    assert (first.code, first.err) == (0, "")
    assert "kept as edition" in first.out
    assert first.out.splitlines()[-1].endswith("sent")
    told = json.loads(same.out)
    assert told["delivered"]["deliveries"][0]["state"] == "already sent"
    assert told["files"][0]["state"] == "unchanged"
    assert (third.code, third.out, third.err) == (0, "", "")
    assert len(list((tmp_path / "shelf").iterdir())) == 2


def test_a_build_that_fails_delivers_nothing(tmp_path, cli):
    write_project(tmp_path, "{{ nobody.knows }}",
                  definition=DEFINITION + "deliver:\n  shelf: {folder: shelf}\n")  # fmt: skip

    run = cli("build", "--deliver", cwd=tmp_path)

    assert run.code == 1
    assert 'no name "nobody"' in run.err
    assert not (tmp_path / "shelf").exists()


@pytest.mark.parametrize("words", [["--isolate"], []])
def test_an_isolated_build_does_not_deliver(tmp_path, cli, words):
    asked = "" if words else "isolate: true\n"
    targets = "deliver:\n  shelf: {folder: shelf}\n"
    write_project(tmp_path, definition=DEFINITION + asked + targets)

    run = cli("build", "--deliver", *words, cwd=tmp_path)

    assert run.code == 2
    assert "an isolated build has no network and cannot deliver" in run.err
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["--target", "shelff"], 'there is no target "shelff"', 'did you mean "shelf"?'),
        (["2020-01-01-1"], 'there is no edition "2020-01-01-1"', None),
    ],
)
def test_wrong_names_are_wrong_use(tmp_path, cli, words, message, hint):
    project_with(tmp_path, "  shelf: {folder: shelf}")

    run = cli("deliver", *words, cwd=tmp_path)

    assert run.code == 2
    assert message in run.err
    assert hint is None or hint in run.err


def test_a_report_without_targets_is_told(tmp_path, cli):
    write_project(tmp_path)

    run = cli("deliver", cwd=tmp_path)

    assert run.code == 2
    assert "the report has no targets" in run.err
    assert "docs/delivery.md" in run.err


@pytest.mark.parametrize("words", [["--json"], ["--debug"], []])
def test_no_secret_is_ever_told(tmp_path: Path, cli, words):
    password = "pa55-w0rd-of-the-office"
    authority = make_authority(tmp_path)
    with mail_server(authority=authority, users={"u": "other"}) as server:
        project_with(
            tmp_path,
            f"  board: {{retries: 0, mail: {{host: 127.0.0.1, port: {server.port}, "
            "from: a@example.org, to: b@example.org, user_env: MAIL_USER, "
            f"password_env: MAIL_PASSWORD, ca: {authority.ca}}}}}",
        )

        run = cli("deliver", *words, cwd=tmp_path, MAIL_USER="u", MAIL_PASSWORD=password)

    kept = "".join(
        path.read_text("utf-8", "replace") for path in tmp_path.rglob("*.json") if path.is_file()
    )
    assert run.code == 1
    assert "refuses user or password: 535 5.7.8 wrong: ***" in run.out + run.err
    assert password not in run.out + run.err + kept
