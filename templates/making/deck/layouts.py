"""The grid of the deck and what each layout holds. All measures in centimetres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from making.deck.markup import Box
from making.deck.placeholders import Level, Placeholder
from making.house import NOTE, TINT

SLIDE = (33.867, 19.05)
LEFT, WIDTH = 1.5, 30.867
RULE_TOP = 3.15
BODY_TOP, BODY_BOTTOM = 3.75, 16.75
BODY_HEIGHT = BODY_BOTTOM - BODY_TOP
_GAP = 0.6
_CARD_WIDTH = (WIDTH - 3 * _GAP) / 4
_CARD_HEIGHT = 5.2
CHART_WIDTH = 20.0
_COLUMN_WIDTH = 15.1
_TAKEAWAY_LEFT = LEFT + CHART_WIDTH + 1.1

#: Numbers of the placeholders, the same on every layout that has them.
BODY, FOOTER, NUMBER, INSERT, SOURCE, SIDE, HERO = 1, 11, 12, 13, 20, 18, 19
CARDS = (14, 15, 16, 17)

TITLE_LEVEL = Level(24, "accent1", bold=True, line=105)
BODY_LEVELS = (
    Level(18, bullet=True, before=10, line=115),
    Level(16, NOTE, before=4, line=110, hangs=True),
    Level(14, NOTE, before=4, line=110, hangs=True),
)
_POINTS = (
    Level(20, bullet=True, before=16, line=115, indent=0.65),
    Level(16, NOTE, before=4, line=110, indent=0.65, hangs=True),
)
_TAKEAWAYS = (
    Level(17, bullet=True, before=12, line=115),
    Level(14, NOTE, before=4, line=110, hangs=True),
)
_COLUMN = (
    Level(20, "accent1", bold=True),
    Level(16, bullet=True, before=9, line=110),
    Level(13, NOTE, before=9, line=110),
)
_CARD = (
    Level(14, "tx1", line=105),
    Level(38, "accent1", bold=True, before=8, line=100),
    Level(12, NOTE, before=8, line=105),
)
_INSERT = (Level(14, NOTE, align="ctr"),)
_FINE = (Level(10, NOTE, line=105),)


@dataclass(frozen=True)
class Decoration:
    """A filled shape that says nothing: a rule, a bar, a ground."""

    name: str
    box: Box
    color: str
    shape: str = "rect"
    alpha: int | None = None


@dataclass(frozen=True)
class Layout:
    """A layout: its key, its name in PowerPoint by edition, and what stands on it.

    A layout with a ``background`` hides what the master draws.
    """

    key: str
    names: Mapping[str, str]
    holders: Sequence[Placeholder]
    decorations: Sequence[Decoration] = ()
    kind: str | None = None
    background: str | None = None


TITLE = Placeholder(
    "title", 0, "Title", Box(LEFT, 0.85, WIDTH, 2.15), (TITLE_LEVEL,), "title", "b", shrink=True
)
MASTER_BODY = Placeholder(
    "body",
    BODY,
    "Text",
    Box(LEFT, BODY_TOP, WIDTH, BODY_HEIGHT),
    BODY_LEVELS,
    "text",
    shrink=True,
)
FOOTER_HOLDER = Placeholder(
    "ftr", FOOTER, "Footer", Box(LEFT, 18.05, 24.0, 0.6), _FINE, "footer", "ctr"
)
NUMBER_HOLDER = Placeholder(
    "sldNum",
    NUMBER,
    "Slide Number",
    Box(LEFT + WIDTH - 3, 18.05, 3.0, 0.6),
    (Level(10, NOTE, align="r"),),
    anchor="ctr",
)
SOURCE_HOLDER = Placeholder(
    "body", SOURCE, "Source", Box(LEFT, 16.95, WIDTH, 0.95), _FINE, "source", "b"
)
TITLE_RULES = (
    Decoration("Title rule", Box(LEFT, RULE_TOP, WIDTH, 0.03), "bg2"),
    Decoration("Title accent", Box(LEFT, RULE_TOP - 0.03, 2.4, 0.09), "accent2"),
)


def _insert(box: Box) -> Placeholder:
    return Placeholder("obj", INSERT, "Chart or diagram", box, _INSERT, "insert", "ctr")


def _text(
    number: int, name: str, box: Box, levels: Sequence[Level], anchor: str = "t"
) -> Placeholder:
    return Placeholder("body", number, name, box, levels, "text", anchor, shrink=True)


def _column(number: int, name: str, left: float) -> Placeholder:
    box = Box(left, BODY_TOP, _COLUMN_WIDTH, BODY_HEIGHT)
    return Placeholder(
        "body", number, name, box, _COLUMN, "text", background=TINT, padding=0.75, shrink=True
    )


def _card(position: int) -> Placeholder:
    box = Box(LEFT + position * (_CARD_WIDTH + _GAP), BODY_TOP, _CARD_WIDTH, _CARD_HEIGHT)
    return Placeholder(
        "body",
        CARDS[position],
        f"Card {position + 1}",
        box,
        _CARD,
        "text",
        "ctr",
        background=TINT,
        padding=0.45,
    )


_ROOMY_TOP = 9.55
_FULL_INSERT = Box(LEFT, BODY_TOP, WIDTH, BODY_HEIGHT)
_STANDING = (SOURCE_HOLDER, FOOTER_HOLDER, NUMBER_HOLDER)

COVER = Layout(
    "cover",
    {"zh": "封面", "en": "Cover"},
    (
        Placeholder(
            "ctrTitle", 0, "Title", Box(2.6, 5.1, 25.5, 4.6),
            (Level(36, "bg1", bold=True, line=108),), "title", "b", shrink=True,
        ),
        Placeholder(
            "subTitle", BODY, "Subtitle", Box(2.6, 10.75, 21.5, 1.8),
            (Level(18, "bg2", line=115),), "subtitle", shrink=True,
        ),
        Placeholder(
            "body", SIDE, "Issuer and date", Box(2.6, 15.9, 21.5, 1.4),
            (Level(14, "bg2", line=115),), "issuer", "b",
        ),
    ),
    (
        *(
            Decoration(f"Ring {n}", Box(27.5 - r, 12.7 - r, 2 * r, 2 * r), "bg1", "ellipse", 4)
            for n, r in enumerate((6.2, 4.6, 3.1, 1.8), 1)
        ),
        Decoration("Core", Box(26.95, 12.15, 1.1, 1.1), "accent2", "ellipse"),
        Decoration("Accent", Box(2.6, 10.15, 3.0, 0.11), "accent2"),
    ),
    kind="title",
    background="accent1",
)  # fmt: skip

STATEMENT = Layout(
    "statement",
    {"zh": "大数字与要点", "en": "Large figure and points"},
    (
        TITLE,
        Placeholder(
            "body", HERO, "Large figure", Box(LEFT, BODY_TOP, 11.6, BODY_HEIGHT),
            (
                Level(16, "bg2", line=110),
                Level(66, "bg1", bold=True, before=8, line=95),
                Level(14, "bg2", before=10, line=115),
            ),
            "text", "ctr", background="accent1", padding=1.0,
        ),
        _text(
            BODY, "Points", Box(LEFT + 12.9, BODY_TOP, WIDTH - 12.9, BODY_HEIGHT),
            _POINTS, "ctr",
        ),
        *_STANDING,
    ),
)  # fmt: skip

CONTENT = Layout(
    "content",
    {"zh": "标题与正文", "en": "Title and text"},
    (TITLE, MASTER_BODY, *_STANDING),
)

CHART = Layout(
    "chart",
    {"zh": "图表与要点", "en": "Chart and takeaways"},
    (
        TITLE,
        _insert(Box(LEFT, BODY_TOP, CHART_WIDTH, BODY_HEIGHT)),
        _text(
            BODY, "Takeaways",
            Box(_TAKEAWAY_LEFT, BODY_TOP, LEFT + WIDTH - _TAKEAWAY_LEFT, BODY_HEIGHT),
            _TAKEAWAYS, "ctr",
        ),
        *_STANDING,
    ),
    (
        Decoration(
            "Divider", Box(_TAKEAWAY_LEFT - 0.55, BODY_TOP + 1, 0.03, BODY_HEIGHT - 2), "bg2"
        ),
    ),
)  # fmt: skip

DIAGRAM = Layout(
    "diagram",
    {"zh": "通栏图示", "en": "Full-width diagram"},
    (
        TITLE,
        _insert(Box(LEFT, BODY_TOP, WIDTH, 9.6)),
        _text(BODY, "Reading", Box(LEFT, 13.75, WIDTH, 3.0), _TAKEAWAYS, "ctr"),
        *_STANDING,
    ),
)

CARD_ROW = Layout(
    "cards",
    {"zh": "四张数据卡与要点", "en": "Four figures and points"},
    (
        TITLE,
        *(_card(position) for position in range(len(CARDS))),
        _text(
            BODY, "Points", Box(LEFT, _ROOMY_TOP, WIDTH, BODY_BOTTOM - _ROOMY_TOP),
            _POINTS, "ctr",
        ),
        *_STANDING,
    ),
    tuple(
        Decoration(
            f"Card bar {position + 1}",
            Box(LEFT + position * (_CARD_WIDTH + _GAP), BODY_TOP - 0.1, _CARD_WIDTH, 0.1),
            "accent1",
        )
        for position in range(len(CARDS))
    ),
)  # fmt: skip

COLUMNS = Layout(
    "columns",
    {"zh": "两栏文字", "en": "Two columns of text"},
    (
        TITLE,
        _column(BODY, "Left column", LEFT),
        _column(SIDE, "Right column", LEFT + WIDTH - _COLUMN_WIDTH),
        *_STANDING,
    ),
    tuple(
        Decoration(f"{side} bar", Box(left, BODY_TOP - 0.1, _COLUMN_WIDTH, 0.1), "accent1")
        for side, left in (("Left", LEFT), ("Right", LEFT + WIDTH - _COLUMN_WIDTH))
    ),
)

LAYOUTS = (COVER, STATEMENT, CONTENT, CHART, DIAGRAM, CARD_ROW, COLUMNS)
