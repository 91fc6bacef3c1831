"""Entries for what a machine has already: each calls ``run-due`` every few minutes.

What is due is decided by the ledger, so it is the same entry whatever the schedule says, and one
that calls too late or twice does no harm.
"""

from __future__ import annotations

import hashlib
import json
import plistlib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

#: What runs things every few minutes.
KINDS = ("systemd", "cron", "launchd", "windows-task", "github-actions", "kubernetes")
_SECRETS = "make-report"


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """What an entry is to call: a command, from a folder, every so many minutes.

    ``inside`` is the path of the definition in its repository, for machines that clone it.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    minutes: int = 5
    inside: str = "report.yaml"
    image: str = "make-report:latest"

    @property
    def slug(self) -> str:
        """A name of small letters, digits and hyphens that tells this entry from others."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:40]
        mark = hashlib.sha256(f"{self.name}\0{self.folder}".encode()).hexdigest()[:6]
        return f"make-report-{plain}-{mark}" if plain else f"make-report-{mark}"


def entry_files(kind: str, request: EntryRequest) -> dict[str, bytes]:
    """Return the files of an entry by name."""
    return _WRITERS[kind](request)


def _systemd(request: EntryRequest) -> dict[str, bytes]:
    service = f"""\
[Unit]
Description=Make what is due of the report {_unit_text(request.name)}

[Service]
Type=oneshot
WorkingDirectory={_unit_text(str(request.folder))}
EnvironmentFile=-%h/.config/make-report/environment
ExecStart={" ".join(_unit_word(word) for word in request.command)}
TimeoutStopSec=10min
"""
    timer = f"""\
[Unit]
Description=Look whether the report {_unit_text(request.name)} is due

[Timer]
OnCalendar=*:0/{request.minutes}
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{request.slug}.service": service.encode(), f"{request.slug}.timer": timer.encode()}


def _unit_text(text: str) -> str:
    return " ".join(text.split()).replace("%", "%%")


def _unit_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def cron_line(request: EntryRequest) -> str:
    """Return the line of a crontab; a ``%`` would end its command."""
    words = " ".join(shlex.quote(word) for word in request.command).replace("%", r"\%")
    folder = shlex.quote(str(request.folder)).replace("%", r"\%")
    return f"*/{request.minutes} * * * * cd {folder} && {words} --quiet"


def _cron(request: EntryRequest) -> dict[str, bytes]:
    return {f"{request.slug}.crontab": "\n".join((*cron_block(request), "")).encode()}


def cron_block(request: EntryRequest) -> tuple[str, str, str]:
    """Return the lines of an entry with the marks around it."""
    return (f"# begin {request.slug}", cron_line(request), f"# end {request.slug}")


def without_block(crontab: str, slug: str) -> str:
    """Return a crontab without the lines of an entry."""
    kept, is_inside = [], False
    for line in crontab.splitlines():
        if line.strip() == f"# begin {slug}":
            is_inside = True
        if not is_inside:
            kept.append(line)
        if line.strip() == f"# end {slug}":
            is_inside = False
    return "".join(f"{line}\n" for line in kept)


def _launchd(request: EntryRequest) -> dict[str, bytes]:
    entry = {
        "Label": request.slug,
        "ProgramArguments": [*request.command, "--quiet"],
        "WorkingDirectory": str(request.folder),
        "StartInterval": request.minutes * 60,
        "RunAtLoad": True,
        "ProcessType": "Background",
        "ExitTimeOut": 600,
    }
    return {f"{request.slug}.plist": plistlib.dumps(entry)}


def _windows(request: EntryRequest) -> dict[str, bytes]:
    program, *words = request.command
    arguments = " ".join(_windows_word(word) for word in (*words, "--quiet"))
    text = f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{escape(f"Make what is due of the report {request.name}")}</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT{request.minutes}M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT12H</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(arguments)}</Arguments>
      <WorkingDirectory>{escape(str(request.folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return {f"{request.slug}.xml": text.replace("\n", "\r\n").encode("utf-16")}


def _windows_word(word: str) -> str:
    if word and not re.search(r'[\s"]', word):
        return word
    doubled = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return '"' + re.sub(r"(\\+)$", r"\1\1", doubled) + '"'


def _github(request: EntryRequest) -> dict[str, bytes]:
    kept = ".make-report-store"
    text = f"""\
# Makes what is due of the report {" ".join(request.name.split())}. The runners forget everything,
# so ledger and outputs are kept in the cache between runs. Add secrets under env: as needed.
name: {json.dumps(f"Report {request.name}", ensure_ascii=False)}
on:
  schedule:
    - cron: "*/{max(request.minutes, 5)} * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: {request.slug}
  cancel-in-progress: false
jobs:
  run-due:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install 'report-generator[schedule]'
      - uses: actions/cache/restore@v4
        with:
          path: |
            {kept}
            **/output
            **/.cache
          key: {request.slug}-${{{{ github.run_id }}}}
          restore-keys: {request.slug}-
      - run: make-report schedule run-due --store {kept} --report "$REPORT"
        env:
          REPORT: {json.dumps(request.inside, ensure_ascii=False)}
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: |
            {kept}
            **/output
            **/.cache
          key: {request.slug}-${{{{ github.run_id }}}}
"""
    return {f"{request.slug}.yml": text.encode()}


def _kubernetes(request: EntryRequest) -> dict[str, bytes]:
    report = json.dumps(f"/report/{request.inside}", ensure_ascii=False)
    text = f"""\
# Makes what is due of the report {" ".join(request.name.split())}. The volume claim holds the
# report, its outputs and the ledger; the secret {_SECRETS}, if there is one, the environment.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {request.slug}
spec:
  schedule: "*/{request.minutes} * * * *"
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 200
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 600
          containers:
            - name: run-due
              image: {json.dumps(request.image)}
              command: ["make-report", "schedule", "run-due", "--report", {report}]
              envFrom:
                - secretRef:
                    name: {_SECRETS}
                    optional: true
              volumeMounts:
                - name: report
                  mountPath: /report
          volumes:
            - name: report
              persistentVolumeClaim:
                claimName: {request.slug}
"""
    return {f"{request.slug}.yaml": text.encode()}


_WRITERS: Mapping[str, Callable[[EntryRequest], dict[str, bytes]]] = {
    "systemd": _systemd,
    "cron": _cron,
    "launchd": _launchd,
    "windows-task": _windows,
    "github-actions": _github,
    "kubernetes": _kubernetes,
}


def entry_names(request: EntryRequest, kinds: Sequence[str] = KINDS) -> dict[str, list[str]]:
    """Return the names of the files that entries of some kinds have."""
    return {kind: list(entry_files(kind, request)) for kind in kinds}
