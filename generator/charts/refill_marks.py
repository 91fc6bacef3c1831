"""Marks for the slots in the tree of a chart: points, labels, colours, names and data of series."""

from __future__ import annotations

import re
from copy import deepcopy
from decimal import Decimal, InvalidOperation

from lxml import etree

from generator.charts.refill_pieces import ACCENTS, OPEN, A, C, mark_of
from generator.office.xml import whole_number

DATA_TAGS = ("cat", "xVal", "val", "yVal", "bubbleSize")
_BEHIND_DATA = ("smooth", "shape", "bubble3D", "extLst")
_BEHIND_LABELS = ("trendline", "errBars", *DATA_TAGS, *_BEHIND_DATA)
_OF_ONE_LABEL = (
    "numFmt", "spPr", "txPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName",
    "showPercent", "showBubbleSize", "separator",
)  # fmt: skip


def value_of(element: etree._Element, tag: str) -> int:
    found = element.find(f"{C}{tag}")
    return whole_number(found.get("val")) if found is not None else 0


def numbers_in(root: etree._Element) -> set[int]:
    return {value_of(element, "idx") for element in root.iter(f"{C}ser")}


def prefix_of(root: etree._Element, namespace: str) -> str:
    for element in root.iter():
        for prefix, uri in element.nsmap.items():
            if uri == namespace:
                return f"{prefix}:" if prefix else ""
    return "a:"


def drop_if_empty(element: etree._Element) -> None:
    holder = element.getparent()
    if not len(element) and holder is not None:
        holder.remove(element)


def _before(element: etree._Element, text: str) -> None:
    previous = element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
        return
    parent = element.getparent()
    assert parent is not None
    parent.text = (parent.text or "") + text


def wrap(element: etree._Element, opening: str, closing: str) -> None:
    """Put marks before and behind an element."""
    _before(element, mark_of(opening))
    element.tail = mark_of(closing) + (element.tail or "")


def _remove(element: etree._Element) -> None:
    if element.tail:
        _before(element, element.tail)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


#: A figure in a text, with the sign of percent.
_FIGURE = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?\s?%?")


def free_typed_values(element: etree._Element) -> None:
    """Let labels into which the author typed the value show the value again, in their look.

    With other data the typed figure would stand at another value.
    """
    cache = next((e for tag in ("val", "yVal") for e in element.iterfind(f"{C}{tag}")), None)
    if cache is None:
        return
    values = {_index_of(p): p.findtext(f"{C}v") or "" for p in cache.iter(f"{C}pt")}
    for label in element.iterfind(f"{C}dLbls/{C}dLbl"):
        text = label.find(f"{C}tx")
        rich = None if text is None else text.find(f"{C}rich")
        if text is None or rich is None or next(rich.iter(f"{A}fld"), None) is not None:
            continue
        typed = "".join(one.text or "" for one in rich.iter(f"{A}t"))
        if _says(typed, values.get(value_of(label, "idx"), "")):
            _keep_look(label, rich)
            _remove(text)


def _index_of(point: etree._Element) -> int:
    return whole_number(point.get("idx"))


def _says(text: str, value: str) -> bool:
    """Return whether a text holds one figure, and it is the value, perhaps rounded."""
    figures = _FIGURE.findall(text)
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return False
    if len(figures) != 1 or not exact.is_finite():
        return False
    number = Decimal(figures[0].rstrip("% ").replace(",", "").replace("−", "-"))
    rounding = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    wanted = [exact, exact * 100] if figures[0].endswith("%") else [exact]
    return any(abs(abs(one) - abs(number)) <= rounding for one in wanted)


def _keep_look(label: etree._Element, rich: etree._Element) -> None:
    """Give a label the formatting that its typed text had, where it has none of its own."""
    if label.find(f"{C}txPr") is not None:
        return
    properties = etree.Element(f"{C}txPr")
    for child in rich:
        if child.tag != f"{A}p":
            properties.append(deepcopy(child))
    paragraph = etree.SubElement(properties, f"{A}p")
    look = etree.SubElement(etree.SubElement(paragraph, f"{A}pPr"), f"{A}defRPr")
    first = next(rich.iter(f"{A}rPr"), None)
    if first is None:
        first = next(rich.iter(f"{A}defRPr"), None)
    if first is not None:
        for key, value in first.attrib.items():
            look.set(key, value)
        look.extend(deepcopy(child) for child in first)
    etree.SubElement(paragraph, f"{A}endParaRPr")
    before = [e for e in label if etree.QName(e).localname in (
        "idx", "layout", "tx", "numFmt", "spPr")]  # fmt: skip
    before[-1].addnext(properties)
    properties.tail = None


def mark_series(element: etree._Element, kind: str) -> None:
    for tag in ("idx", "order", "tx"):
        for child in element.findall(f"{C}{tag}"):
            _remove(child)
    element.text = mark_of("H") + (element.text or "")
    stops = [e for tag in DATA_TAGS for e in element.findall(f"{C}{tag}")]
    for stop in stops[1:]:
        _remove(stop)
    behind = stops[:1] or [e for tag in _BEHIND_DATA for e in element.findall(f"{C}{tag}")][:1]
    if behind:
        _before(behind[0], mark_of("D"))
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + mark_of("D")
    else:
        element.text += mark_of("D")
    for stop in stops[:1]:
        _remove(stop)
    wrap(element, kind, f"/{kind}")


def mark_labels(element: etree._Element, group: etree._Element) -> None:
    """Mark how a label with a text of its own looks, if the series shows its values."""
    labels = element.find(f"{C}dLbls")
    if labels is None:
        of_group = group.find(f"{C}dLbls")
        if of_group is None or not _shows_values(of_group):
            return
        labels = deepcopy(of_group)
        labels.tail = None
        behind = [e for e in element if etree.QName(e).localname in _BEHIND_LABELS]
        element.insert(list(element).index(behind[0]) if behind else len(element), labels)
        wrap(labels, "O", "/O")
    elif not _shows_values(labels):
        return
    model = etree.Element(f"{C}dLbl")
    etree.SubElement(model, f"{C}idx").set("val", mark_of("i"))
    rich = etree.SubElement(etree.SubElement(model, f"{C}tx"), f"{C}rich")
    _write_rich(rich, labels.find(f"{C}txPr"))
    for child in labels:
        if etree.QName(child).localname in _OF_ONE_LABEL:
            model.append(deepcopy(child))
            model[-1].tail = None
    labels.insert(0, model)
    wrap(model, "W", "/W")


def _shows_values(labels: etree._Element) -> bool:
    shown = labels.find(f"{C}showVal")
    return shown is not None and shown.get("val", "1") in ("1", "true")


def _write_rich(rich: etree._Element, properties: etree._Element | None) -> None:
    """Write a slot for text that looks as the text properties of the labels say."""
    for child in properties if properties is not None else ():
        rich.append(deepcopy(child))
    if properties is None:
        etree.SubElement(rich, f"{A}bodyPr")
        etree.SubElement(rich, f"{A}p")
    paragraph = rich.find(f"{A}p")
    if paragraph is None:
        paragraph = etree.SubElement(rich, f"{A}p")
    for end in paragraph.findall(f"{A}endParaRPr"):
        paragraph.remove(end)
    run = etree.SubElement(paragraph, f"{A}r")
    look = paragraph.find(f"{A}pPr/{A}defRPr")
    if look is not None:
        own = deepcopy(look)
        own.tag, own.tail = f"{A}rPr", None
        run.append(own)
    etree.SubElement(run, f"{A}t").text = mark_of("t")


def mark_points(element: etree._Element) -> None:
    for point in (*element.iterfind(f"{C}dPt"), *element.iterfind(f"{C}dLbls/{C}dLbl")):
        index = point.find(f"{C}idx")
        if index is not None and OPEN not in (index.get("val") or ""):
            wrap(point, f"P{value_of(point, 'idx')}", "/P")


def mark_new_points(element: etree._Element) -> None:
    """Mark how further points look, if the author (or Office) drew each point on its own."""
    points = element.findall(f"{C}dPt")
    cached = max(
        (whole_number(c.get("val")) for c in element.iterfind(f"{C}val//{C}ptCount")), default=0
    )
    if len(points) < 2 or {value_of(p, "idx") for p in points} != set(range(cached)):
        return
    last = max(points, key=lambda point: value_of(point, "idx"))
    copy = deepcopy(last)
    copy.tail = None
    color = main_color(copy)
    shown = str(color.get("val")) if color is not None else ""
    accent = int(shown[-1]) if re.fullmatch("accent[1-6]", shown) else cached - 1
    steps = accent if shown == f"accent{accent}" else cached
    _drop_unique_ids(copy)
    _mark_color(copy, color)
    index = copy.find(f"{C}idx")
    assert index is not None
    index.set("val", mark_of("i"))
    tail, last.tail = last.tail, None
    parent = last.getparent()
    assert parent is not None
    parent.insert(list(parent).index(last) + 1, copy)
    last.tail = tail
    wrap(copy, f"Q{cached},{steps % ACCENTS + 1}", "/Q")


def make_model(model: etree._Element) -> None:
    """Make the copy of a series a model: nothing of single points, colours open."""
    for point in (*model.findall(f"{C}dPt"), *model.findall(f"{C}dLbls/{C}dLbl")):
        _remove(point)
    for bars in model.findall(f"{C}errBars"):
        kind = bars.find(f"{C}errValType")
        if kind is not None and kind.get("val") == "cust":
            _remove(bars)
    for name in model.findall(f"{C}trendline/{C}name"):
        _remove(name)
    _drop_unique_ids(model)
    for ranges in [e for e in model.iter() if str(e.tag).endswith("}datalabelsRange")]:
        extension = ranges.getparent()
        holder = extension.getparent() if extension is not None else None
        if extension is not None and holder is not None:
            holder.remove(extension)
            drop_if_empty(holder)
    _mark_color(model, main_color(model))


def _drop_unique_ids(element: etree._Element) -> None:
    for own in [e for e in element.iter() if str(e.tag).endswith("}uniqueId")]:
        extension = own.getparent()
        holder = extension.getparent() if extension is not None else None
        if extension is not None and holder is not None:
            holder.remove(extension)
            drop_if_empty(holder)


def main_color(element: etree._Element) -> etree._Element | None:
    """Return the colour that makes out a series: its first accent, else its first colour."""
    shapes = [*element.iterfind(f"{C}spPr"), *element.iterfind(f"{C}marker/{C}spPr")]
    for shape in shapes:
        colors = list(shape.iter(f"{A}schemeClr", f"{A}srgbClr"))
        accents = [e for e in colors if (e.get("val") or "").startswith("accent")]
        if accents or colors:
            return (accents or colors)[0]
    return None


def _mark_color(element: etree._Element, main: etree._Element | None) -> None:
    """Open the main colour of a series wherever it is used."""
    if main is None:
        return
    tag, value = main.tag, main.get("val")
    for color in list(element.iter(tag)):
        if color.get("val") == value:
            color.tag = f"{A}schemeClr"
            color.set("val", mark_of("k"))
            color.text = mark_of("l") + (color.text or "")
