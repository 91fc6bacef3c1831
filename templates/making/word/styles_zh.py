"""Paragraph styles of the Chinese briefing, after GB/T 9704-2012.

Body 仿宋 16 pt on a line of 29 pt, two characters in; heads 黑体 and 楷体 of the same size; title
小标宋 22 pt. Tables, captions and source lines are smaller, as the standard leaves them open.
"""

from __future__ import annotations

from making.house import INK, MASTHEAD, NOTE, PRIMARY, Fonts
from making.word.look import Look, Rule

_TIMES = "Times New Roman"
FANGSONG = Fonts(_TIMES, "仿宋")
XIAOBIAOSONG = Fonts(_TIMES, "方正小标宋简体")
HEITI = Fonts("Arial", "黑体")
KAITI = Fonts(_TIMES, "楷体")
SONGTI = Fonts(_TIMES, "宋体")
BODY_LINE = 29
#: Between characters, in points: 28 of 16 pt then fill the 156 mm of a line.
BODY_SPACING = -0.25

LOOKS = (
    Look(
        "Normal",
        "Normal",
        None,
        fonts=FANGSONG,
        size=16,
        align="both",
        line=BODY_LINE,
        autospace=False,
    ),
    Look("Body Text", "BodyText", first_chars=2, spacing=BODY_SPACING),
    Look(
        "Masthead",
        "Masthead",
        next="MastheadLine",
        fonts=XIAOBIAOSONG,
        size=38,
        color=MASTHEAD,
        align="center",
        line=50,
        spacing=4,
        grid=False,
    ),
    Look("Masthead Issue", "MastheadIssue", fonts=FANGSONG, size=14, align="center",
         before=2, line=22, grid=False, next="MastheadLine"),
    Look(
        "Masthead Line",
        "MastheadLine",
        next="Title",
        fonts=KAITI,
        size=14,
        align="left",
        before=4,
        after=0,
        line=24,
        tab=442.2,
        grid=False,
        rules=(Rule("bottom", MASTHEAD, 2.25, 3),),
    ),
    Look(
        "Title",
        "Title",
        next="Subtitle",
        fonts=XIAOBIAOSONG,
        size=22,
        align="center",
        before=20,
        line=34,
        grid=False,
        keep_next=True,
    ),
    Look(
        "Subtitle",
        "Subtitle",
        next="BodyText",
        fonts=KAITI,
        size=15,
        align="center",
        before=4,
        after=12,
        line=26,
        grid=False,
    ),
    Look(
        "heading 1",
        "Heading1",
        next="BodyText",
        fonts=HEITI,
        first_chars=2,
        before=8,
        keep_next=True,
        keep_lines=True,
        outline=0,
    ),
    Look(
        "heading 2",
        "Heading2",
        next="BodyText",
        fonts=KAITI,
        first_chars=2,
        keep_next=True,
        keep_lines=True,
        outline=1,
    ),
    Look(
        "Figure", "Figure", next="Caption", align="center", before=8, lines=1,
        grid=False, keep_next=True,
    ),
    Look(
        "caption",
        "Caption",
        fonts=HEITI,
        size=12,
        align="center",
        before=5,
        after=3,
        line=18,
        grid=False,
        keep_next=True,
    ),
    Look(
        "Source Line",
        "SourceLine",
        next="BodyText",
        fonts=SONGTI,
        size=9,
        color=NOTE,
        align="left",
        before=3,
        after=9,
        line=13,
        grid=False,
        keep_lines=True,
    ),
    Look(
        "Table Text", "TableText", fonts=SONGTI, size=10.5, align="left", line=15, grid=False,
        keep_next=True,
    ),
    Look("Table Number", "TableNumber", "TableText", align="right"),
    Look("Table Head", "TableHead", "TableText", fonts=HEITI),
    Look("Annex Text", "AnnexText", fonts=SONGTI, size=9, align="left", line=12, grid=False),
    Look("Annex Head", "AnnexHead", "AnnexText", fonts=HEITI, keep_next=True),
    Look("Annex Group", "AnnexGroup", "AnnexText", fonts=HEITI, color=PRIMARY, keep_next=True),
    Look(
        "Card Label", "CardLabel", fonts=HEITI, size=10.5, color=INK, align="left",
        before=2, line=16, grid=False, keep_next=True,
    ),
    Look(
        "Card Figure", "CardFigure", fonts=HEITI, size=22, color=PRIMARY, bold=True,
        align="left", line=30, grid=False, keep_next=True,
    ),
    Look(
        "Card Note", "CardNote", fonts=SONGTI, size=9, color=NOTE, align="left",
        after=2, line=13, grid=False,
    ),
    Look(
        "Spacer", "Spacer", size=4, line=6, grid=False, keep_next=True,
    ),
    Look("footer", "Footer", fonts=SONGTI, size=14, line=20, grid=False),
    Look("Card Unit", "CardUnit", "DefaultParagraphFont", character=True, size=10.5, bold=False),
    Look("Strong", "Strong", "DefaultParagraphFont", character=True, fonts=HEITI),
)  # fmt: skip
