"""A stand-in for LibreOffice that prints at once: a page with the digest of the document."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.pdf import program

_PROGRAM = """#!{python}
import hashlib, os, pathlib, sys, time
words = sys.argv[1:]
files = words[words.index("--outdir") + 2:]
out = pathlib.Path(words[words.index("--outdir") + 1])
for name in files:
    data = pathlib.Path(name).read_bytes()
    with open({log!r}, "a") as log:
        log.write(hashlib.sha256(data).hexdigest() + "\\n")
    if os.path.exists({broken!r}):
        sys.exit(81)
    text = hashlib.sha256(data).hexdigest()
    (out / pathlib.Path(name).with_suffix(".pdf").name).write_text(
        "%PDF-1.7 <</Type/Page>> " + text + " " + str(time.time()) * {varies:d} + " %%EOF")
"""


class Office:
    """What the stand-in printed; while ``broken`` is there it prints nothing."""

    def __init__(self, folder: Path, *, varies: bool = False) -> None:
        self.log = folder / "printed.log"
        self.broken = folder / "office-is-broken"
        self.file = folder / "soffice"
        self.file.write_text(
            _PROGRAM.format(python=sys.executable, log=str(self.log), broken=str(self.broken),
                            varies=varies)
        )  # fmt: skip
        self.file.chmod(0o755)

    @property
    def printed(self) -> int:
        """How many documents were printed so far."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Let the stand-in be LibreOffice for a test."""
    folder.mkdir(parents=True, exist_ok=True)
    office = Office(folder)
    monkeypatch.setenv(program.VARIABLE, str(office.file))
    return office
