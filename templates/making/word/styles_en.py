"""Paragraph styles of the English briefing: Cambria heads over Calibri 11 pt."""

from __future__ import annotations

from making.house import INK, NOTE, PRIMARY, RULE, Fonts
from making.word.look import Look, Rule

TEXT = Fonts("Calibri", "等线")
HEAD = Fonts("Cambria", "宋体")

LOOKS = (
    Look(
        "Normal", "Normal", None, fonts=TEXT, size=11, color=INK, align="left",
        after=0, lines=1.15,
    ),
    Look("Body Text", "BodyText", after=8),
    Look(
        "Masthead", "Masthead", next="Title", size=10, bold=True, color=PRIMARY, spacing=1,
        after=4, lines=1,
    ),
    Look(
        "Title", "Title", next="Subtitle", fonts=HEAD, size=27, color=PRIMARY,
        before=2, after=4, lines=1, keep_next=True,
    ),
    Look(
        "Subtitle", "Subtitle", next="MastheadLine", size=14, color=NOTE,
        after=6, lines=1.05, keep_next=True,
    ),
    Look(
        "Masthead Line", "MastheadLine", next="BodyText", size=10, color=NOTE,
        before=2, after=14, lines=1, tab=453.6, rules=(Rule("bottom", PRIMARY, 1.5, 6),),
    ),
    Look(
        "heading 1", "Heading1", next="BodyText", fonts=HEAD, size=17, color=PRIMARY,
        before=18, after=6, lines=1, keep_next=True, keep_lines=True, outline=0,
    ),
    Look(
        "heading 2", "Heading2", next="BodyText", fonts=HEAD, size=13, bold=True, color=INK,
        before=12, after=4, lines=1, keep_next=True, keep_lines=True, outline=1,
    ),
    Look("List Bullet", "ListBullet", "BodyText", after=4, bullet=True),
    Look("Figure", "Figure", next="Caption", before=6, lines=1, keep_next=True),
    Look(
        "caption", "Caption", size=10, bold=True, color=PRIMARY, before=6, after=4, lines=1,
        keep_next=True, keep_lines=True,
    ),
    Look(
        "Source Line", "SourceLine", next="BodyText", size=9, color=NOTE,
        before=3, after=12, lines=1, keep_lines=True,
    ),
    Look("Table Text", "TableText", size=10, lines=1, keep_next=True),
    Look("Table Number", "TableNumber", "TableText", align="right"),
    Look("Table Head", "TableHead", "TableText"),
    Look("Annex Text", "AnnexText", size=8.5, lines=1),
    Look("Annex Head", "AnnexHead", "AnnexText", keep_next=True),
    Look(
        "Annex Group", "AnnexGroup", "AnnexText", bold=True, color=PRIMARY, keep_next=True,
    ),
    Look("Card Label", "CardLabel", size=9.5, bold=True, before=3, lines=1, keep_next=True),
    Look(
        "Card Figure", "CardFigure", fonts=HEAD, size=19, color=PRIMARY, lines=1,
        keep_next=True,
    ),
    Look("Card Note", "CardNote", size=9, color=NOTE, after=3, lines=1),
    Look("Spacer", "Spacer", size=4, line=7, keep_next=True),
    Look(
        "header", "Header", size=9, color=NOTE, lines=1, tab=453.6,
        rules=(Rule("bottom", RULE, 0.5, 4),),
    ),
    Look("footer", "Footer", size=9, color=NOTE, lines=1, tab=453.6),
    Look(
        "Card Unit", "CardUnit", "DefaultParagraphFont", character=True,
        fonts=TEXT, size=10.5,
    ),
    Look("Strong", "Strong", "DefaultParagraphFont", character=True, bold=True),
)  # fmt: skip
