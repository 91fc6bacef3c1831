"""Colours of charts and diagrams: names of the template's theme, to DrawingML and to RGB.

``accent1+40`` is accent1, lighter by 40 percent; ``dk2-25`` is darker by 25.
"""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

from generator.model.theme import COLOR_NAMES, Theme

INK = "dk1"
PAPER = "lt1"
MUTED = "dk2-20"
RULE = "lt2"
TINT = "lt2+62"

_SCHEME = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
_COLOR = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*|[0-9A-Fa-f]{6})(?P<shift>[+-][0-9]{1,2})?")


def _parts(color: str) -> tuple[str, int]:
    """Return the base of a colour and by how many percent it is lighter (or darker, negative).

    Raises:
        ValueError: the text is no colour.
    """
    found = _COLOR.fullmatch(color.removeprefix("#"))
    if found is None or not (found["name"] in COLOR_NAMES or _is_rgb(found["name"])):
        raise ValueError(f'"{color}" is no colour; write accent1 to accent6, dk1, or RRGGBB')
    return found["name"], int(found["shift"] or 0)


def _is_rgb(name: str) -> bool:
    return len(name) == 6 and all(sign in "0123456789abcdefABCDEF" for sign in name)


def check_color(color: str) -> str:
    """Return the colour if it is one.

    Raises:
        ValueError: it is not.
    """
    _parts(color)
    return color


@lru_cache(maxsize=256)
def color_xml(color: str, opacity: int = 100) -> str:
    """Return ``a:schemeClr`` or ``a:srgbClr``; ``opacity`` in percent."""
    name, shift = _parts(color)
    change = ""
    if shift > 0:
        change = f'<a:lumMod val="{(100 - shift) * 1000}"/><a:lumOff val="{shift * 1000}"/>'
    elif shift < 0:
        change = f'<a:lumMod val="{(100 + shift) * 1000}"/>'
    if opacity < 100:
        change += f'<a:alpha val="{opacity * 1000}"/>'
    if _is_rgb(name) and name not in COLOR_NAMES:
        tag, value = "srgbClr", name.upper()
    else:
        tag, value = "schemeClr", _SCHEME.get(name, name)
    return f'<a:{tag} val="{value}">{change}</a:{tag}>' if change else f'<a:{tag} val="{value}"/>'


@lru_cache(maxsize=256)
def fill_xml(color: str, opacity: int = 100) -> str:
    return f"<a:solidFill>{color_xml(color, opacity)}</a:solidFill>"


@lru_cache(maxsize=256)
def hatch_xml(color: str) -> str:
    """Return a fill of slanting lines in a colour on paper: drawn by all Office programs."""
    return (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr>{color_xml(color)}</a:fgClr>'
        f"<a:bgClr>{color_xml(PAPER)}</a:bgClr></a:pattFill>"
    )


def rgb(color: str, theme: Theme) -> str:
    """Return ``#RRGGBB``, with lightness changed as DrawingML changes it."""
    name, shift = _parts(color)
    code = theme.color(name)
    if not shift:
        return f"#{code}"
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, light, strength = colorsys.rgb_to_hls(red, green, blue)
    light = light * (100 - abs(shift)) / 100 + (shift / 100 if shift > 0 else 0)
    parts = colorsys.hls_to_rgb(hue, min(1.0, light), strength)
    return "#" + "".join(f"{round(part * 255):02X}" for part in parts)


def is_dark(color: str, theme: Theme) -> bool:
    """Return whether white text reads better on a colour than black."""
    code = rgb(color, theme)
    red, green, blue = (_linear(int(code[i : i + 2], 16) / 255) for i in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return luminance < 0.179


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
