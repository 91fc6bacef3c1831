"""The colours and fonts of a template, as charts and diagrams take them."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Names of the twelve colours of a theme, in the order of ECMA-376 Part 1, 20.1.6.2.
COLOR_NAMES = (
    "dk1", "lt1", "dk2", "lt2",
    "accent1", "accent2", "accent3", "accent4", "accent5", "accent6",
    "hlink", "folHlink",
)  # fmt: skip

_HOUSE_COLORS = {
    "dk1": "1F2933", "lt1": "FFFFFF", "dk2": "6B7280", "lt2": "D9DEE5",
    "accent1": "0B3C6F", "accent2": "D55E00", "accent3": "0072B2",
    "accent4": "009E73", "accent5": "6B7280", "accent6": "CC79A7",
    "hlink": "0072B2", "folHlink": "6B7280",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours (name to RRGGBB) and fonts of a template's own theme.

    ``latin`` and ``east_asian`` are the body fonts, ``*_heading`` those of titles.
    """

    colors: dict[str, str] = field(default_factory=lambda: dict(_HOUSE_COLORS))
    latin: str = "Arial"
    east_asian: str = "微软雅黑"
    latin_heading: str = "Arial"
    east_asian_heading: str = "微软雅黑"

    def color(self, name: str) -> str:
        """Return RRGGBB for a theme colour name; other text is taken as RRGGBB already."""
        return self.colors.get(name, name.lstrip("#").upper())
