"""Mending the text of a newspaper page: lines that belong together, captions that cut a sentence,
a title behind its lead, half-width punctuation in Chinese prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from generator.extraction.article import Article, Paragraph, ParagraphKind, language_of, plain

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\u2028\u2029]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_ENDS = "。！？!?；;…"
_ENDS_EN = ".!?:;…"
_CLOSING = "”’」』）)》\"'"
_HEADING = re.compile(
    r"^(?:#{1,6}\s+|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十\d]{1,3}[章节部]"
    r"|\d{1,2}[.．、]\s*(?=\D))"
)
_MARK = re.compile(r"^(#{1,6})\s+")
_CREDIT = re.compile(
    r"^[（(]?(?:数据来源|资料来源|来源|稿源|Source|Data source)\s*[:：]\s*", re.IGNORECASE
)
_NOTE = re.compile(
    r"^[（(]?(?:注|注释|附注|说明|指标解释|名词解释|Notes?)\s*(?:[:：\d]|$)", re.IGNORECASE
)
_SPACE = re.compile(r"[ \t\u3000\u00a0]+")
_CJK = r"[\u3400-\u9fff，。；：、（）“”《》！？%％]"
_LOOSE = re.compile(
    rf"(?<={_CJK}) +(?=[\u3400-\u9fff\d，。；：、（）“”《》A-Za-z+-])|(?<=[\dA-Za-z%]) +(?={_CJK})"
)
#: A gap between two halves of a title.
_GAP = re.compile(r"(?<=[\u3400-\u9fff”》]) (?=[\u3400-\u9fff“《])")
_IN_NUMBER = re.compile(r"(?<=\d) *([.．]) *(?=\d+ *[%％亿万个元])")
_LONGEST_CAPTION = 40
_LONGEST_HEADING = 60
#: The level of a caption that stood inside of a sentence: it heads nothing.
_CUT_IN = -1

_YEAR = r"(?P<y>20\d\d|19\d\d)"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_MONTH_WORD = "|".join((*_MONTHS, *(m[:3] for m in _MONTHS), "sept"))
_DATE = (
    rf"(?:{_YEAR}\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*日"
    rf"|(?P<y2>20\d\d|19\d\d)[-/.](?P<m2>\d{{1,2}})[-/.](?P<d2>\d{{1,2}})"
    rf"|(?P<mw>{_MONTH_WORD})\.?\s+(?P<d3>\d{{1,2}}),?\s+(?P<y3>20\d\d|19\d\d)"
    rf"|(?P<d4>\d{{1,2}})\s+(?P<mw4>{_MONTH_WORD})\.?\s+(?P<y4>20\d\d|19\d\d))"
)
#: A line that is a date and little else, or says that it is one of publication.
_DATE_LINE = re.compile(rf"^\W{{0,3}}(?:[^\d\n。.]{{0,24}}[:：,，\s（(]\s*)?{_DATE}", re.IGNORECASE)
_MOST_DATE_LINES = 12


def mend(lines: Sequence[str], published: date | None = None) -> Article:
    """Return the article that the lines of a text make up.

    A line that is empty ends a paragraph. Lines of one width are those of one paragraph, cut.
    """
    lines = [_INVISIBLE.sub("", _CONTROL.sub(" ", line)) for line in lines]
    language = language_of("\n".join(lines[:400]))
    blocks = [block for block in _blocks(lines, language) if block]
    notes: list[str] = []
    pieces = list(_pieces(blocks, language))
    pieces = _heal(pieces, language, notes)
    return _article(pieces, language, published or _find_date(lines), notes)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    kind: ParagraphKind
    level: int = 0


def _blocks(lines: Sequence[str], language: str) -> Iterator[list[str]]:
    """Yield stretches of lines between empty ones, each as its paragraphs."""
    block: list[str] = []
    for line in (*lines, ""):
        stripped = line.strip(" \t\u3000\r\n\ufeff\u00a0")
        if stripped:
            block.append(line.rstrip("\r\n"))
            continue
        yield _joined(block, language)
        block = []


def _joined(block: Sequence[str], language: str) -> list[str]:
    """Return the paragraphs of neighbouring lines: cut lines are joined, whole ones stay."""
    if len(block) < 2:
        return [_clean(line, language) for line in block]
    is_wrapped = _is_wrapped(block, language)
    result: list[str] = []
    for line in block:
        text = _clean(line, language)
        if result and is_wrapped and not _starts_anew(line) and not _is_heading(text):
            result[-1] = _glued(result[-1], text, language)
        else:
            result.append(text)
    return [text for text in result if text]


def _is_wrapped(block: Sequence[str], language: str) -> bool:
    widths = [_width(line) for line in block]
    if any(line.endswith("  ") for line in block[:-1]) and max(widths) < 100:
        return True
    longest = max(widths)
    if longest > 240:
        return False
    ends = _ENDS if language == "zh" else _ENDS_EN
    open_ended = sum(line.rstrip().rstrip(_CLOSING)[-1:] not in ends for line in block[:-1])
    near = sum(width >= 0.75 * longest for width in widths[:-1])
    return near * 2 >= len(block) - 1 and open_ended * 2 >= len(block) - 1


def _width(line: str) -> int:
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in line.strip())


def _starts_anew(line: str) -> bool:
    return line.startswith(("\u3000\u3000", "    ", "\t"))


def _glued(first: str, second: str, language: str) -> str:
    if language == "zh" and (ord(first[-1]) > 0x2E80 or ord(second[:1] or " ") > 0x2E80):
        return first + second
    if first.endswith("-") and first[-2:-1].isalpha() and second[:1].islower():
        return first[:-1] + second
    if language == "zh" and first[-1:].isdigit() and second[:1].isdigit():
        return first + second
    return f"{first} {second}"


def _clean(line: str, language: str) -> str:
    text = _SPACE.sub(" ", line).strip(" \r\n\ufeff")
    if language == "zh":
        text = " ".join(_LOOSE.sub("", half) for half in _halves(text))
        text = _IN_NUMBER.sub(r"\1", text)
    return text


def _halves(text: str) -> list[str]:
    """Return the halves of a title that a blank parts; any other text as a whole."""
    halves = _GAP.split(text) if len(text) <= _LONGEST_CAPTION else [text]
    is_title = len(halves) in (2, 3) and not re.search(r"[。；;，,：:、]", text)
    return halves if is_title and all(len(half) >= 4 for half in halves) else [text]


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and bool(_HEADING.match(text)) and not _is_closed(text)


def _is_closed(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    bare = text.rstrip(_CLOSING + " ")
    return bare[-1:] in _ENDS or (bare[-1:] == "." and not bare[-2:-1].isdigit())


def _pieces(blocks: Sequence[Sequence[str]], language: str) -> Iterator[_Piece]:
    for block in blocks:
        for text in block:
            mark = _MARK.match(text)
            if mark is not None:
                yield _Piece(text[mark.end() :], "heading", len(mark.group(1)))
            elif _NOTE.match(text):
                yield _Piece(text, "note")
            elif _is_heading(text):
                yield _Piece(text, "heading", 2)
            elif _is_short(text, language):
                yield _Piece(text, "caption")
            else:
                yield _Piece(text, "body")


def _is_short(text: str, language: str) -> bool:
    """Whether a text is a line of its own: a caption, a headline, a date."""
    if _is_closed(text):
        return False
    most = _LONGEST_CAPTION if language == "zh" else 90
    return len(text) <= most and not re.search(r"[，,；;].*[，,；;]", text)


def _heal(pieces: list[_Piece], language: str, notes: list[str]) -> list[_Piece]:
    """Join sentences that captions cut in two; the captions follow the sentence."""
    result: list[_Piece] = []
    number = 0
    while number < len(pieces):
        piece = pieces[number]
        number += 1
        if piece.kind != "body" or _is_closed(piece.text):
            result.append(piece)
            continue
        between: list[_Piece] = []
        while number < len(pieces) and pieces[number].kind == "caption" and len(between) < 4:
            between.append(pieces[number])
            number += 1
        follows = number < len(pieces) and pieces[number].kind == "body"
        if follows and _goes_on(piece.text, pieces[number].text, language) and between:
            joined = _glued(piece.text, pieces[number].text, language)
            told = between[0].text[:20]
            notes.append(f'a sentence that "{told}" cuts in two was joined')
            result += [_Piece(joined, "body"), *between]
            number += 1
        else:
            result += [piece, *between]
    return result


def _goes_on(first: str, second: str, language: str) -> bool:
    if language == "zh":
        return not _is_closed(first) and ord(second[:1] or " ") > 0x2E80
    return second[:1].islower()


def _article(
    pieces: Sequence[_Piece], language: str, published: date | None, notes: list[str]
) -> Article:
    pieces, title, credit = _title_and_credit(pieces, notes)
    paragraphs: list[Paragraph] = []
    sections = {"lead": ""}
    section, counts = "lead", {"lead": 0, "captions": 0, "headings": 0, "notes": 0}
    has_body = False
    for number, piece in enumerate(pieces):
        if piece.kind == "heading" or (
            piece.kind == "caption" and _heads(pieces, number, has_body)
        ):
            section = f"section_{len(sections)}"
            sections[section] = piece.text
            counts[section] = 0
            where, kind = "headings", "heading"
        elif piece.kind == "caption":
            where, kind = "captions", "caption"
        elif piece.kind == "note":
            where, kind = "notes", "note"
        else:
            where, kind, has_body = section, "body", True
        counts[where] += 1
        paragraphs.append(Paragraph(
            len(paragraphs) + 1, piece.text, kind, where, counts[where],  # type: ignore[arg-type]
        ))  # fmt: skip
    return Article(
        tuple(paragraphs), "zh" if language == "zh" else "en", title, credit, published, sections,
        tuple(notes),
    )  # fmt: skip


def _heads(pieces: Sequence[_Piece], number: int, has_body: bool) -> bool:
    """Whether an unmarked short line is a heading: prose follows it, and it is the only one."""
    after = pieces[number + 1].kind if number + 1 < len(pieces) else ""
    before = pieces[number - 1].kind if number else ""
    if pieces[number].level == _CUT_IN:
        return False
    return has_body and after == "body" and before == "body" and len(pieces[number].text) <= 30


def _title_and_credit(pieces: Sequence[_Piece], notes: list[str]) -> tuple[list[_Piece], str, str]:
    """Return the pieces without title and source line, and these two."""
    rest = list(pieces)
    title = next((p for p in rest if p.kind == "heading" and p.level == 1), None)
    if title is None and rest and rest[0].kind in ("caption", "heading") and len(rest) > 1:
        title = rest[0]
    if title is not None:
        if any(p.kind == "body" for p in rest[: rest.index(title)]):
            notes.append("the title stands behind its lead")
        rest.remove(title)
    credit = ""
    for piece in list(rest):
        match = _CREDIT.match(piece.text)
        if match is not None and not credit:
            credit = piece.text[match.end() :].strip()
            rest.remove(piece)
    return rest, title.text if title else "", credit


def _find_date(lines: Sequence[str]) -> date | None:
    """Return the date of publication that the first or last lines give, if they give one."""
    filled = [line.strip() for line in lines if line.strip()]
    for line in (*filled[:_MOST_DATE_LINES], *filled[-3:]):
        text = plain(line)
        match = _DATE_LINE.match(text) if len(text) <= 90 else None
        if match is not None:
            found = _date_of(match)
            if found is not None:
                return found
    return None


def _date_of(match: re.Match[str]) -> date | None:
    year = match["y"] or match["y2"] or match["y3"] or match["y4"]
    word = match["mw"] or match["mw4"]
    month = match["m"] or match["m2"] or (word and 1 + next(
        number for number, name in enumerate(_MONTHS) if name[:3] == word[:3].lower()
    ))  # fmt: skip
    day = match["d"] or match["d2"] or match["d3"] or match["d4"]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
