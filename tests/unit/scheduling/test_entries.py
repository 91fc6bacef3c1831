"""Entries for what runs things on a machine: each is well-formed and calls run-due."""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from generator.app import schedule_commands
from generator.errors import OutputError
from generator.scheduling.entries import KINDS, EntryRequest, entry_files, without_block
from generator.scheduling.installing import install, uninstall

AWKWARD = EntryRequest(
    "区 100% \"report\"", ("/opt/my tools/python", "/srv/100% $HOME/it's \"here\".py", "run-due"),
    Path("/srv/100% reports"), 10, "区/report.yaml", "registry/make report:1",
)  # fmt: skip
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def request(folder: Path) -> EntryRequest:
    return EntryRequest("zone", ("python", "make_report.py", "schedule", "run-due"), folder)


def text_of(kind: str, asked: EntryRequest) -> dict[str, str]:
    encoding = "utf-16" if kind == "windows-task" else "utf-8"
    return {name: data.decode(encoding) for name, data in entry_files(kind, asked).items()}


class TestForms:
    def test_a_crontab_line_reaches_the_shell_as_the_command(self):
        (text,) = text_of("cron", AWKWARD).values()
        line = text.splitlines()[1]

        minute, *stars = line.split()[:5]
        assert (minute, stars) == ("*/10", ["*"] * 4)
        shell = line.split(None, 5)[5].replace(r"\%", "%")  # cron does so
        assert "%" not in line.replace(r"\%", "")
        assert shlex.split(shell) == ["cd", "/srv/100% reports", "&&", *AWKWARD.command, "--quiet"]

    @pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
    def test_a_shell_understands_the_crontab_line(self):
        (text,) = text_of("cron", AWKWARD).values()
        shell = text.splitlines()[1].split(None, 5)[5].replace(r"\%", "%")

        assert subprocess.run(["bash", "-n", "-c", shell], check=False).returncode == 0

    def test_systemd_units_quote_what_systemd_expands(self):
        units = text_of("systemd", AWKWARD)
        service = next(text for name, text in units.items() if name.endswith(".service"))
        timer = next(text for name, text in units.items() if name.endswith(".timer"))

        assert (
            r'ExecStart="/opt/my tools/python" "/srv/100%% $$HOME/it'
            "'" r's \"here\".py" "run-due"'
        ) in service  # fmt: skip
        assert "WorkingDirectory=/srv/100%% reports\n" in service
        assert "OnCalendar=*:0/10\nPersistent=true" in timer

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
    def test_systemd_finds_the_units_sound(self, tmp_path):
        command = (str(Path("/bin/true")), "schedule", "run-due")
        for name, data in entry_files("systemd", EntryRequest("zone", command, tmp_path)).items():
            (tmp_path / name).write_bytes(data)

        done = subprocess.run(
            ["systemd-analyze", "verify", *map(str, tmp_path.glob("*.timer"))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert (done.returncode, done.stderr) == (0, "")

    def test_a_launch_agent_is_a_property_list(self):
        (data,) = entry_files("launchd", AWKWARD).values()

        entry = plistlib.loads(data)

        assert entry["ProgramArguments"] == [*AWKWARD.command, "--quiet"]
        assert (entry["StartInterval"], entry["WorkingDirectory"]) == (600, "/srv/100% reports")

    def test_a_task_of_windows_is_xml_that_names_the_command(self):
        (data,) = entry_files("windows-task", AWKWARD).values()
        task = ElementTree.fromstring(data)

        assert task.findtext(f".//{TASK}Interval") == "PT10M"
        assert task.findtext(f".//{TASK}MultipleInstancesPolicy") == "IgnoreNew"
        assert task.findtext(f".//{TASK}StartWhenAvailable") == "true"
        assert task.findtext(f".//{TASK}Command") == "/opt/my tools/python"
        assert task.findtext(f".//{TASK}Arguments") == (
            '"/srv/100% $HOME/it\'s \\"here\\".py" run-due --quiet'
        )

    def test_a_workflow_is_yaml_that_keeps_the_ledger(self):
        (text,) = text_of("github-actions", AWKWARD).values()
        flow = yaml.safe_load(text)

        assert flow["name"] == 'Report 区 100% "report"'
        assert flow[True]["schedule"] == [{"cron": "*/10 * * * *"}]  # "on" is true in YAML 1.1
        steps = flow["jobs"]["run-due"]["steps"]
        (run,) = [step for step in steps if "run-due" in step.get("run", "")]
        assert run["env"] == {"REPORT": "区/report.yaml"}
        assert [step["uses"] for step in steps if "cache" in step.get("uses", "")] == [
            "actions/cache/restore@v4", "actions/cache/save@v4",
        ]  # fmt: skip

    def test_a_cron_job_of_kubernetes_never_overlaps(self):
        (text,) = text_of("kubernetes", AWKWARD).values()
        job = yaml.safe_load(text)

        assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        assert container["command"][-1] == "/report/区/report.yaml"
        assert container["image"] == "registry/make report:1"

    def test_the_command_offers_all_kinds(self):
        assert schedule_commands._KINDS == KINDS

    def test_names_are_plain_and_differ_from_project_to_project(self):
        other = EntryRequest(AWKWARD.name, AWKWARD.command, Path("/srv/other"))

        assert AWKWARD.slug.startswith("make-report-100-report-")
        assert AWKWARD.slug != other.slug


class TestInstalling:
    @pytest.mark.parametrize("kind", KINDS)
    def test_files_are_written_and_removed(self, tmp_path, kind, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        asked = request(tmp_path)

        done = install(kind, asked, tmp_path / "entries", apply=False)
        removed = uninstall(asked, tmp_path / "entries", [kind])

        assert done.files
        assert done.by_hand
        assert [one.files for one in removed] == [done.files]
        assert list((tmp_path / "entries").iterdir()) == []
        assert uninstall(asked, tmp_path / "entries", [kind]) == []

    def test_a_crontab_gets_the_entry_once_and_keeps_its_other_lines(self, tmp_path, monkeypatch):
        table = tmp_path / "table"
        table.write_text("0 5 * * * backup\n")
        fake_program(
            tmp_path,
            "crontab",
            f"""
            if [ "$1" = -l ]; then cat {table}; else cat > {table}; fi""",
            monkeypatch,
        )
        asked = request(tmp_path)

        install("cron", asked, tmp_path, apply=True)
        once = table.read_text()
        install("cron", asked, tmp_path, apply=True)

        assert table.read_text() == once
        assert once.startswith("0 5 * * * backup\n# begin make-report-zone-")
        uninstall(asked, tmp_path, ["cron"])
        assert table.read_text() == "0 5 * * * backup\n"

    def test_systemd_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        fake_program(tmp_path, "systemctl", f'echo "$@" >> {tmp_path}/calls', monkeypatch)
        asked = request(tmp_path)

        done = install("systemd", asked, tmp_path, apply=True)
        uninstall(asked, tmp_path, ["systemd"])

        assert {path.parent for path in done.files} == {tmp_path / "home/.config/systemd/user"}
        assert [path for path in done.files if path.exists()] == []
        assert (tmp_path / "calls").read_text().splitlines() == [
            "--user daemon-reload", f"--user enable --now {asked.slug}.timer",
            f"--user disable --now {asked.slug}.timer", "--user daemon-reload",
        ]  # fmt: skip

    def test_a_workflow_goes_into_its_repository(self, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / "reports/zone").mkdir(parents=True)

        done = install("github-actions", request(tmp_path / "reports/zone"), tmp_path, apply=True)

        assert [path.parent for path in done.files] == [tmp_path / ".github/workflows"]

    def test_a_program_that_is_not_there_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(OutputError) as caught:
            install("kubernetes", request(tmp_path), tmp_path, apply=True)

        assert caught.value.message.startswith('there is no "kubectl" on this machine')
        assert str(caught.value.where) == "kubectl"
        assert "without --apply" in (caught.value.hint or "")

    def test_a_program_that_refuses_is_told_with_its_words(self, tmp_path, monkeypatch):
        fake_program(tmp_path, "kubectl", "echo no cluster >&2; exit 3", monkeypatch)

        with pytest.raises(OutputError) as caught:
            install("kubernetes", request(tmp_path), tmp_path, apply=True)

        assert caught.value.message.endswith("failed: no cluster")

    def test_only_the_own_block_leaves_a_crontab(self):
        text = "a\n# begin x\nb\n# end x\nc\n# begin y\nd\n# end y\n"

        assert without_block(text, "x") == "a\nc\n# begin y\nd\n# end y\n"


def fake_program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of this name before all others."""
    home = folder / "bin"
    home.mkdir()
    path = home / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{home}{os.pathsep}{os.environ['PATH']}")
