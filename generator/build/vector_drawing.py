"""Draws one SVG in a process of its own: the library ends its process where memory is short."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

_MEMORY, _SECONDS = 1_000_000_000, 10


def main() -> None:
    """Read an order from standard input and write the PNG to standard output."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(draw_svg(json.load(sys.stdin.buffer)))


def draw_svg(order: Mapping[str, Any]) -> bytes:
    """Return the PNG of an SVG: ``svg`` its text, ``font`` a file, ``width`` pixels of the PNG."""
    import resvg_py

    family = "Noto Sans SC"
    png = resvg_py.svg_to_bytes(
        svg_string=order["svg"], width=order["width"], dpi=96, skip_system_fonts=True,
        font_files=[order["font"]], font_family=family, sans_serif_family=family,
        serif_family=family, monospace_family=family,
    )  # fmt: skip
    return bytes(png)


if __name__ == "__main__":
    main()
