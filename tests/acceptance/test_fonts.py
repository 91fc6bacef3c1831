"""Pictures need no font of the system: theirs comes with the installation."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from tests.conftest import ROOT

#: A machine that has no font: each file of one outside the installation is not there.
_WITHOUT_FONTS = """
import sys

def hide(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        name = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()
        if name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb", ".afm")) and not name.startswith(
            tuple(sys.path[1:])
        ):
            raise FileNotFoundError(2, "No such file or directory", name)

sys.addaudithook(hide)
from generator.app.commands import main
sys.exit(main(sys.argv[1:]))
"""


def parts(file: Path) -> dict[str, str]:
    """Return the digest of each part, which a failed comparison can show in a moment."""
    with ZipFile(file) as package:
        return {name: sha256(package.read(name)).hexdigest() for name in package.namelist()}


def build(program: list[str], project: Path, output: Path, fonts: Path) -> None:
    """Build into ``output`` with no picture kept, and an own folder for what matplotlib keeps."""
    subprocess.run(
        [sys.executable, *program, "-q", "--only", "briefing", "-f", project, "-o", output],
        cwd=ROOT, env={**os.environ, "MPLCONFIGDIR": str(fonts)}, check=True, timeout=120,
    )  # fmt: skip


def test_a_machine_without_fonts_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    build(["make_report.py"], project, tmp_path / "with", tmp_path / "fonts")
    for picture in (project / ".cache").rglob("*"):
        if picture.is_file():
            picture.unlink()

    build(["-c", _WITHOUT_FONTS], project, tmp_path / "without", tmp_path / "no fonts")

    for file in (tmp_path / "with").glob("*.???x"):
        assert parts(file) == parts(tmp_path / "without" / file.name)
    known = next((tmp_path / "no fonts").glob("fontlist*.json")).read_text("utf-8")
    assert "/usr/share/fonts" not in known
