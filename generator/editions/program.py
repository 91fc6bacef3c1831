"""The version of the program: what changes when its code, its libraries or its font change."""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

#: Libraries that a result's bytes may depend on.
_LIBRARIES = (
    "PIL", "jinja2", "isal", "lxml", "markdown_it", "markupsafe", "matplotlib", "numpy", "pydantic",
    "resvg_py", "segno", "yaml", "zhplot",
)  # fmt: skip
#: Rooms that no result depends on.
_APART = ("app", "delivery", "editions", "scheduling")


def program_version() -> str:
    """Return a digest of the code, the Python, the libraries and the font, without importing them.

    A library counts as changed when the file that it starts with has another size or time.
    """
    digest = hashlib.sha256(sys.version.encode())
    home = Path(__file__).resolve().parents[1]
    for path in sorted(home.rglob("*.py")):
        place = path.relative_to(home)
        if place.parts[0] not in _APART:
            digest.update(f"\0{place.as_posix()}\0".encode())
            digest.update(path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"\0{name} {_stamp(name)}".encode())
    return digest.hexdigest()[:32]


def _stamp(name: str) -> str:
    found = find_spec(name)
    if found is None:
        return "absent"
    files = [Path(found.origin)] if found.origin else []
    files += [Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
              for folder in found.submodule_search_locations or ()]  # fmt: skip
    stamps = []
    for path in files:
        try:
            status = path.stat()
        except OSError:
            continue
        stamps.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return " ".join(stamps)
