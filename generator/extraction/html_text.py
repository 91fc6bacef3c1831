"""The main text of a web page: what stands in its longest stretch of paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from generator.errors import Location, SourceFormatError
from generator.extraction.tables import table_sentences
from generator.model.limits import limits_in_force
from generator.sources.delimited import is_text_encoding

_DROPPED = ("script", "style", "noscript", "nav", "header", "footer", "aside", "form", "button", "select",
            "template", "svg", "iframe", "figure/figcaption")  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "main", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6",
           "blockquote", "figcaption", "dd", "dt", "pre", "tr", "center", "figure", "td"}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
#: The parser silently drops what lies deeper than 255 elements.
_DEEPEST = 250
_SHORTER = "copy the article itself into a .txt file"
#: Characters that no element can hold, also those that a number stands for.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2\\d|3[01])(?!\\d)|"
    "[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF]|[dD][89a-fA-F][0-9a-fA-F]{2})(?![0-9a-fA-F]));?"
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_ASIDE = re.compile(
    r"nav|menu|footer|sidebar|breadcrumb|share|related|recommend|comment|copyright|banner|crumb|toolbar|advert",
    re.IGNORECASE,
)
_DATE = re.compile(r"(20\d\d|19\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})")
_DATE_NAMES = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "date",
    "dc.date",
    "datepublished",
    "og:pubdate",
)


def html_lines(data: bytes, shown: str) -> tuple[list[str], date | None]:
    """Return the lines of a page's main text, and its date of publication if the page gives one.

    Raises:
        SourceFormatError: it cannot be read as a page, or has too many or too deep elements.
    """
    from lxml import etree, html

    text = _decoded(data)
    most = limits_in_force().elements_per_part
    if text.count("<") - text.count("</") > most:
        raise SourceFormatError(
            f"the page has more than {most:,} elements (limit elements_per_part)",
            Location(shown), _SHORTER,
        )  # fmt: skip
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True))
    except (etree.LxmlError, ValueError) as error:
        raise SourceFormatError(
            "this cannot be read as a web page", Location(shown), "save the page again as HTML"
        ) from error
    if _is_deep(root):
        raise SourceFormatError(
            f"the page nests elements more than {_DEEPEST} deep", Location(shown), _SHORTER
        )
    published = _date(root)
    title = _title(root)
    _clean(root)
    body = root.find("body")
    main = _main(body if body is not None else root)
    lines = [f"# {title}", ""] if title else []
    for text in _blocks(main):
        if title and text.lstrip("# ") == title:
            continue
        lines += [text, ""]
    return lines, published


def _is_deep(root: Any) -> bool:
    """Whether elements nest so deep that the parser would leave out what is inside of them."""
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > _DEEPEST:
            return True
        waiting += [(child, depth + 1) for child in element]
    return False


def _decoded(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    named = found.group(1).decode("ascii", "replace").lower() if found else ""
    names = [
        "gb18030" if named in ("gb2312", "gbk", "gb18030") else named or "utf-8",
        "utf-8",
        "gb18030",
    ]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    for name in filter(is_text_encoding, names):
        try:
            text = data.decode(name)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        text = data.decode("utf-8", "replace")
    text = _NO_TEXT.sub(" ", text)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff"))
    return text if text.strip() else "<html></html>"


def _date(root: Any) -> date | None:
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        match = _DATE.search(meta.get("content") or "") if name in _DATE_NAMES else None
        if match is not None:
            try:
                return date(*map(int, match.groups()))
            except ValueError:
                continue
    return None


def _title(root: Any) -> str:
    for name in ("h1", "title"):
        for element in root.iter(name):
            text = " ".join("".join(element.itertext()).split())
            if text:
                return re.split(r"\s[-_|]\s|_", text)[0] if name == "title" else text
    return ""


def _clean(root: Any) -> None:
    for element in list(root.iter()):
        if (
            not isinstance(element.tag, str)
            or (
                element.tag in _DROPPED
                or "hidden" in element.attrib
                or re.search(r"display\s*:\s*none", element.get("style") or "")
            )
            or (
                element.tag in ("div", "ul", "section")
                and _ASIDE.search(f"{element.get('class') or ''} {element.get('id') or ''}")
                and len("".join(element.itertext())) < 2000
            )
        ):
            _drop(element)


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        if element.tail:
            before = element.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + element.tail
            else:
                parent.text = (parent.text or "") + element.tail
        parent.remove(element)


def _main(body: Any) -> Any:
    """Return the innermost element that holds most of the prose."""
    weights: dict[Any, int] = {}
    for element in body.iter(
        "p", "div", "td", "li", "span", "section", "article", "table", "tr", "tbody", "body", "main"
    ):
        own = len((element.text or "").strip()) + sum(
            len((child.tail or "").strip()) for child in element
        )
        own += sum(
            len("".join(c.itertext()).strip())
            for c in element
            if c.tag in ("b", "strong", "em", "i", "font", "sup", "sub")
        )
        if own > 20:
            parent = element
            while parent is not None:
                weights[parent] = weights.get(parent, 0) + own
                if parent is body:
                    break
                parent = parent.getparent()
    chosen, total = body, weights.get(body, 0)
    while True:
        best = max(
            (child for child in chosen if child in weights), key=lambda c: weights[c], default=None
        )
        if (
            best is None
            or best.tag in ("p", "li", "td", "span", "tr", "tbody")
            or weights[best] < 0.7 * total
        ):
            return chosen
        chosen = best


def _blocks(main: Any) -> Iterator[str]:
    """Yield the text of each block below an element, in order."""
    pieces: list[str] = []
    level = ""

    def flush() -> Iterator[str]:
        text = "".join(pieces)
        pieces.clear()
        for line in text.split("\n"):
            told = " ".join(line.split())
            if told:
                yield f"{level}{told}"

    waiting: list[tuple[Any, bool]] = [(main, True)]
    while waiting:
        element, begins = waiting.pop()
        is_block = element.tag in _BLOCKS
        if not begins:
            if is_block:
                yield from flush()
                level = ""
            if element is not main:
                pieces.append(_flat(element.tail))
            continue
        if element.tag == "table" and _is_data(element):
            yield from flush()
            yield from table_sentences([
                [" ".join("".join(c.itertext()).split()) for c in row if c.tag in ("td", "th")]
                for row in element.iter("tr")
            ])  # fmt: skip
            pieces.append(_flat(element.tail))
            continue
        if is_block:
            yield from flush()
            level = "## " if element.tag in _HEADINGS else ""
        if element.tag == "br":
            pieces.append("\n")
        pieces.append(_flat(element.text))
        waiting.append((element, False))
        waiting += [(child, True) for child in reversed(element)]
    yield from flush()


def _is_data(table: Any) -> bool:
    """Whether a table holds data rather than the layout of a page."""
    cells = [" ".join("".join(c.itertext()).split()) for c in table.iter("td", "th")]
    return bool(cells) and table.find(".//table") is None and sum(map(len, cells)) / len(cells) < 60


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
