"""Draws one SVG in a process of its own: the library ends its process where memory is short."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from generator.model.own_process import limit_process


def main() -> None:
    """Read an order from standard input and write the PNG to standard output."""
    order = json.load(sys.stdin.buffer)
    limit_process(memory=order["memory"], seconds=order["seconds"])
    sys.stdout.buffer.write(draw_svg(order))


def draw_svg(order: Mapping[str, Any]) -> bytes:
    """Return the PNG of an SVG: ``svg`` its text, ``font`` a file, ``width`` pixels of the PNG.

    ``memory`` (bytes) and ``seconds`` are the limits of the process that ``main`` runs in."""
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
