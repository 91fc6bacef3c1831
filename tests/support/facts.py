"""Facts and data files for tests, with as few words as can be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.model.bound import Bound
from generator.model.fact import Fact, FactBook, FactEntry, Locator, Section, SourceText
from generator.model.period import Period
from generator.model.record import Words
from generator.model.unit import find_unit
from generator.model.written import find_written
from generator.sources.facts import read_facts

HEAD = """\
source:
  title: {zh: 某区报道, en: A report on a zone}
  label: {zh: 某区报道, en: report on a zone}
  credit: {zh: 某区统计局, en: Statistics office of the zone}
  sections: {lead: {zh: 导语, en: lead}}
assumptions:
  this_year: {year: 2025, zh: 报道只写“今年”, en: the report says only “this year”}
groups:
"""


def entry(name: str, *lines: str) -> str:
    """Return one entry of a data file, with a name of its own and the lines given."""
    own = [f"name: {{zh: {name}, en: {name}}}"]
    rest = [line for line in lines if line]
    return "\n".join([f"      {name}:", *(f"        {line}" for line in [*own, *rest])]) + "\n"


def figure(name: str, written: str, number: str, unit: str, *lines: str) -> str:
    """Return an entry with a figure that stands in the first paragraph."""
    return entry(
        name,
        f"written: {written}",
        f"number: {number}",
        f'unit: "{unit}"',
        *lines,
        f"source: {{at: lead 1, phrase: {written}}}",
    )


def thing(name: str, *lines: str) -> str:
    """Return an entry without a number."""
    return entry(name, f"written: {name}", *lines, f"source: {{at: lead 1, phrase: {name}}}")


def group(name: str, *entries: str, note: str = "") -> str:
    lines = f"  {name}:\n    title: {{zh: {name}, en: {name}}}\n"
    if note:
        lines += f"    note: {{zh: {note}, en: {note}}}\n"
    return lines + "    facts:\n" + "".join(entries)


def write_facts(folder: Path, *groups: str, name: str = "facts.yaml", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(groups), encoding="utf-8")
    return path


def read_book(folder: Path, *groups: str, head: str = HEAD) -> FactBook:
    return read_facts([write_facts(folder, *groups, head=head)], folder)


def make_fact(number: Decimal | str | int, unit: str, written: str = "", **fields: Any) -> Fact:
    """Return a fact as the reader would make it of this number, unit and phrase."""
    number = Decimal(number)
    found_unit = find_unit(unit)
    assert found_unit is not None
    bound = Bound(fields.pop("bound", "exact"))
    fact = FactEntry(
        name=Words(zh="指标", en="Indicator"),
        written=written or "见原文",
        number=number,
        unit=unit,
        bound=bound,
        source=Locator(at="lead 1", phrase=written or "见原文"),
        **fields,
    )
    found = find_written(written, number, found_unit) if written else None
    return Fact(
        id="group.fact",
        entry=fact,
        period=Period.parse(fact.period),
        number=number,
        unit=found_unit,
        bound_word=found.word if found else None,
        inferred=None,
        has_assumed_year=False,
        source=SourceText(
            title=Words(zh="报道", en="Report"),
            label=Words(zh="报道", en="report"),
            credit=Words(zh="某局", en="Office"),
            sections={"lead": Section(zh="导语", en="lead")},
        ),
        file="facts.yaml",
        line=1,
    )
