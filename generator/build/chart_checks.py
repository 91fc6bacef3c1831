"""The same numbers everywhere: charts of the results against their workbooks and their facts.

While templates are filled, each chart of the definition that is drawn is noted with its facts.
Afterwards the results are read again: what a reader sees must be what was drawn, what the worksheet
holds, and what the facts say, in every document and language.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from generator.build.views import FactView
from generator.charts.agreement import ShownSeries, disagreements, shown_series
from generator.charts.prepare import prepare
from generator.charts.refill_derived import DERIVED_KINDS
from generator.errors import ChartError, Location, PackageError, Problem, Severity
from generator.model.bound import Bound
from generator.model.chart import ChartSpec, Series
from generator.office.package import Package

_CHART = re.compile(r"(?:word|ppt)/charts/chart\d+\.xml")
_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart that was drawn into a document, with the facts of each series.

    For a chart of a dataset ``columns`` are the columns of the series and ``cells`` their places.
    """

    document: str
    name: str
    spec: ChartSpec
    facts: tuple[tuple[FactView | None, ...], ...]
    is_native: bool
    cells: tuple[tuple[str | None, ...], ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnDiagram:
    """A diagram that was drawn into a document, with the facts that it shows."""

    document: str
    name: str
    alt_text: str
    facts: tuple[FactView, ...]


@dataclass(slots=True)
class Ledger:
    """What was drawn; ``document`` is being filled, its charts ``drawn_as`` native or picture.

    ``packages`` are the results as they were read again, and ``dropped`` what was left out of them
    as active content, and ``annexed`` the facts that an annex lists, by file.
    """

    document: str = ""
    drawn_as: str = "native"
    drawn: list[DrawnChart] = field(default_factory=list)
    diagrams: list[DrawnDiagram] = field(default_factory=list)
    packages: dict[str, Package] = field(default_factory=dict)
    dropped: dict[str, list[Problem]] = field(default_factory=dict)
    annexed: dict[str, frozenset[str]] = field(default_factory=dict)

    def note(
        self, name: str, spec: ChartSpec, facts: tuple[tuple[FactView | None, ...], ...],
        is_native: bool, cells: tuple[tuple[str | None, ...], ...] = (),
        columns: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.drawn.append(DrawnChart(self.document, name, spec, facts, is_native, cells, columns))

    def facts_in(self, document: str) -> set[str]:
        """Return the facts that the charts and diagrams of a document show."""
        charts = (chart for chart in self.drawn if chart.document == document)
        shown = {view.id for chart in charts for row in chart.facts for view in row if view}
        diagrams = (one for one in self.diagrams if one.document == document)
        return shown | {view.id for diagram in diagrams for view in diagram.facts}

    def forget(self, document: str) -> None:
        """Forget what was drawn into a document, which is filled again."""
        self.drawn = [chart for chart in self.drawn if chart.document != document]
        self.diagrams = [one for one in self.diagrams if one.document != document]

    def note_diagram(self, name: str, alt_text: str, facts: tuple[FactView, ...]) -> None:
        self.diagrams.append(DrawnDiagram(self.document, name, alt_text, facts))


@dataclass(frozen=True, slots=True)
class _ShownChart:
    """A chart of a result, as it was read again."""

    part: str
    series: list[ShownSeries]


def check_charts(results: Sequence[tuple[str, Package]], ledger: Ledger) -> list[Problem]:
    """Return a problem for each number that is not the same in two places; both are named.

    A chart of the template that nothing of the report was drawn into gives a warning only.
    """
    problems: list[Problem] = []
    for file, package in results:
        shown: list[_ShownChart] = []
        for name in package.parts:
            if _CHART.fullmatch(name) is None:
                continue
            found = shown_series(package.parts[name].blob)
            shown.append(_ShownChart(name, found))
            where = Location(file, (f'chart "{_title(found)}"', f'part "{name}"'))
            is_ours = any(_shows(found, c.spec) for c in ledger.drawn if c.document == file)
            severity: Severity = "error" if is_ours else "warning"
            for problem in _against_workbook(package, name, where):
                problems.append(replace(problem, severity=severity))
        for chart in ledger.drawn:
            if chart.document == file and chart.is_native:
                problems += _against_drawn(chart, shown)
    problems += _against_facts(ledger.drawn)
    return list(dict.fromkeys(problems))


def _title(series: Sequence[ShownSeries]) -> str:
    return ", ".join(one.name for one in series if one.name) or "without names"


def _problem(message: str, where: Location, hint: str) -> Problem:
    return Problem(message, where, hint, code=ChartError.code)


def _against_workbook(package: Package, name: str, where: Location) -> Iterator[Problem]:
    for target in package.related(name, "package"):
        book = package.parts.get(target)
        if book is None or posixpath.splitext(target)[1] != ".xlsx":
            continue
        try:
            found = list(disagreements(package.parts[name].blob, book.blob))
        except PackageError as error:
            found = [f"its workbook cannot be read: {error.message}"]
        for message in found:
            yield _problem(message, where, "open the data of the chart in the template and save it")


def _against_drawn(chart: DrawnChart, shown: Sequence[_ShownChart]) -> Iterator[Problem]:
    """Yield problems if no chart of the document shows what was drawn, with values and labels."""
    spec = chart.spec
    same = [one for one in shown if _shows(one.series, spec)]
    if same:
        for one in same:
            told = list(_against_labels(chart, one))
            if not told:
                return
        yield from told
        return
    if spec.multiples and _shows([s for one in shown for s in one.series], spec):
        return  # a chart for each series
    near = _nearest(chart, shown)
    yield near or _problem(
        f'no chart shows the values of the chart "{chart.name}"', Location(chart.document),
        "look at the chart that the template's author drew: it may hold back series or points",
    )  # fmt: skip


def _nearest(chart: DrawnChart, shown: Sequence[_ShownChart]) -> Problem | None:
    """Return how a chart with series of the same names differs from the one that was drawn."""
    for one in shown:
        named = {series.name: series for series in one.series}
        for series in chart.spec.data:
            found = named.get(series.name)
            if found is None or len(found.values) != len(series.values):
                continue
            for index, (text, value) in enumerate(zip(found.values, series.values, strict=True)):
                if _decimal(text) != value:
                    return _problem(
                        f'the chart "{chart.name}" has {_told(value)} for "{series.name}"'
                        f"{_point(chart.spec, index)}, and the part \"{one.part}\" shows "
                        f"{_told(_decimal(text))}", Location(chart.document),
                        "let the chart be filled by the report alone",
                    )  # fmt: skip
    return None


def _told(value: Decimal | None) -> str:
    return "a gap" if value is None else f"{value:f}"


def _point(spec: ChartSpec, index: int) -> str:
    return f' at "{spec.names[index]}"' if index < len(spec.names) else f" at point {index + 1}"


#: A label that is a figure with its unit, and nothing else: ``> 40%``, ``1,200亿元``.
_FIGURE = re.compile(r"[><≥≤≈+\s]*(?P<number>[-−]?\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[^\d\s]{0,8})")
_ORDINALS = ("st", "nd", "rd", "th")


def _against_labels(chart: DrawnChart, shown: _ShownChart) -> Iterator[Problem]:
    """Yield a problem for each label of a chart that says another figure than its value."""
    for series in chart.spec.data:
        wanted = tuple(series.values)
        found = next((one for one in shown.series if _values(one) == wanted), None)
        for index, text in (found.labels if found is not None else {}).items():
            value = series.values[index] if index < len(series.values) else None
            if value is None or text == _label(series.labels, index):
                continue
            fault = _label_fault(series, index, value, text.strip())
            if fault:
                yield _problem(
                    f'the label "{text}" in the part "{shown.part}" {fault} {value:f}, the value '
                    f'of "{series.name}"{_point(chart.spec, index)} in the chart "{chart.name}"',
                    Location(chart.document), "let the label show the value",
                )  # fmt: skip


def _label_fault(series: Series, index: int, value: Decimal, text: str) -> str:
    """Return what a label that is a figure does wrong; empty for nothing."""
    figure = _FIGURE.fullmatch(text)
    if figure is None or figure["unit"] in _ORDINALS:
        return ""
    number = abs(Decimal(figure["number"].replace(",", "").replace("−", "-")))
    rounding = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    if all(abs(one - number) > rounding for one in (abs(value), abs(value) * 100)):
        return "stands at"
    is_bound = index < len(series.bounds) and series.bounds[index] is not Bound.EXACT
    return "drops the bound of" if is_bound and text[0] not in "><≥≤≈" else ""


def _shows(shown: Sequence[ShownSeries], spec: ChartSpec) -> bool:
    """Return whether a chart shows all figures of a specification.

    A waterfall and ranges are drawn by sums and lengths, and by where their columns begin.
    """
    values = [_values(series) for series in shown]
    if all(tuple(series.values) in values for series in spec.data):
        return True
    if spec.kind not in DERIVED_KINDS:
        return False
    for series in prepare(spec).series:
        if series.kind == "line":
            continue
        if series.values not in values:
            return False
        values.remove(series.values)
    return True


def _values(shown: ShownSeries) -> tuple[Decimal | None, ...]:
    return tuple(_decimal(text) for text in shown.values)


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _against_facts(drawn: Sequence[DrawnChart]) -> Iterator[Problem]:
    """Yield a problem where values or labels are not those of facts, or differ between places."""
    first: dict[str, tuple[Decimal, str, Location]] = {}
    for chart in drawn:
        where = Location(chart.document, (f'chart "{chart.name}"',))
        for series, facts in zip(chart.spec.data, chart.facts, strict=False):
            for index, view in enumerate(facts):
                if view is None or index >= len(series.values):
                    continue
                value, label = series.values[index], _label(series.labels, index)
                yield from _one_value(view, value, label, where)
                number = view.number
                if number is None:
                    continue
                known = first.setdefault(view.id, (number, view.bound, where))
                if known[:2] != (number, view.bound):
                    yield _problem(
                        f'"{view.id}" is {number} ({view.bound}) here, and {known[0]} '
                        f"({known[1]}) in {known[2]}", where, "read the data again",
                    )  # fmt: skip


def _label(labels: Sequence[str] | None, index: int) -> str:
    return labels[index] if labels is not None and index < len(labels) else ""


def _one_value(
    view: FactView, value: Decimal | None, label: str, where: Location
) -> Iterator[Problem]:
    if value != view.amount:
        yield _problem(
            f'the chart shows {value} for "{view.id}", which is {view.amount} in {view.unit_label}',
            where, "let the chart take its figures from facts",
        )  # fmt: skip
    found = _NUMBER.search(label)
    if not label or found is None or view.amount is None:
        return
    printed = Decimal(found[0].replace(",", "").replace("−", "-"))
    if abs(printed) != abs(view.amount):
        yield _problem(
            f'the label "{label}" stands at "{view.id}", which is {view.amount}', where,
            "let the label follow the value",
        )  # fmt: skip
    elif view.bound != "exact" and not _says_bound(label, view):
        yield _problem(
            f'the label "{label}" drops the bound of "{view.id}" ({view.bound})', where,
            "print the sign of the bound",
        )  # fmt: skip


def _says_bound(label: str, view: FactView) -> bool:
    return any(sign in label for sign in "><≥≤≈") or label == view.short
