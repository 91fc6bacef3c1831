"""The house look: colours and fonts of every template, by edition."""

from __future__ import annotations

from dataclasses import dataclass

#: Theme colours, in the order of a theme's colour scheme. Charts and diagrams take theirs here.
COLORS = {
    "dk1": "1F2933", "lt1": "FFFFFF", "dk2": "6B7280", "lt2": "D9DEE5",
    "accent1": "0B3C6F", "accent2": "D55E00", "accent3": "0072B2",
    "accent4": "009E73", "accent5": "6B7280", "accent6": "CC79A7",
    "hlink": "0072B2", "folHlink": "6B7280",
}  # fmt: skip

INK = COLORS["dk1"]
PRIMARY = COLORS["accent1"]
ACCENT = COLORS["accent2"]
RULE = COLORS["lt2"]
TINT = "F2F5F9"  # behind cards and header rows; ink, primary and NOTE read well on it
NOTE = "4B5563"  # small print: a grey that keeps 4.5:1 on the tint as well
MASTHEAD = "C00000"  # the red of a Chinese briefing's masthead


@dataclass(frozen=True)
class Fonts:
    """A pair of families: ``latin`` for Western letters and digits, ``east_asian`` for hanzi."""

    latin: str
    east_asian: str


@dataclass(frozen=True)
class Edition:
    """A language of the report: its key in the definition, its locale, its theme fonts.

    ``word_theme`` and ``deck_theme`` are also the fonts of charts and diagrams.
    """

    key: str
    locale: str
    word_theme: Fonts
    deck_theme: Fonts


ZH = Edition("zh", "zh-CN", Fonts("Arial", "微软雅黑"), Fonts("Arial", "微软雅黑"))
EN = Edition("en", "en-GB", Fonts("Calibri", "等线"), Fonts("Arial", "微软雅黑"))
