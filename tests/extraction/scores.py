"""Precision and recall of the extraction over the articles of this folder.

``python -m tests.extraction.scores`` prints them for each article and in total.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from generator.extraction.indicators import shipped_indicators
from generator.extraction.proposals import Proposal, extract
from generator.extraction.repair import mend
from generator.model.bound import Bound
from generator.model.source_text import read_date
from generator.model.unit import find_unit, in_base_units
from generator.sources.yaml_text import read_yaml

ARTICLES = Path(__file__).parent / "articles"

#: Value in base units, base unit, and period or bound.
Key = tuple[Decimal, str, str]


@dataclass(frozen=True)
class Gold:
    """An article of our own with the facts that a reader finds in it."""

    name: str
    text: str
    published: str | None
    style: str
    facts: tuple[tuple[Decimal, str, str, Bound], ...]
    held_out: bool


@dataclass(frozen=True)
class Score:
    """How many facts there are, were proposed, and are both; with what differs."""

    name: str
    wanted: int
    proposed: int
    right: int
    missed: tuple[Key, ...]
    wrong: tuple[Key, ...]

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def golds() -> list[Gold]:
    """Return the articles, in the order of their names."""
    return [_gold(path) for path in sorted(ARTICLES.glob("*.yaml"))]


def _gold(path: Path) -> Gold:
    value = read_yaml(path.read_bytes(), path.name).value
    facts = []
    for line in value["facts"]:
        number, unit, period, *bound = (part.strip() for part in str(line).split("|"))
        facts.append((Decimal(number), unit, period, Bound(bound[0]) if bound else Bound.EXACT))
    published = value.get("published")
    return Gold(
        path.stem, value["text"], str(published) if published else None, value["style"],
        tuple(facts), bool(value.get("held_out")),
    )  # fmt: skip


def proposals_of(gold: Gold) -> tuple[Proposal, ...]:
    published = read_date(gold.published) if gold.published else None
    return extract(mend(gold.text.splitlines(), published), shipped_indicators()).proposals


def score(gold: Gold, by: str) -> Score:
    """Return the score of an article on value, unit and ``by``: ``period`` or ``bound``."""
    found = proposals_of(gold)
    wanted = Counter(_key(n, u, p if by == "period" else b.value) for n, u, p, b in gold.facts)
    proposed = Counter(
        _key(p.number, p.unit, p.period if by == "period" else p.bound.value) for p in found
    )
    right = wanted & proposed
    return Score(
        gold.name, wanted.total(), proposed.total(), right.total(),
        tuple((wanted - right).elements()), tuple((proposed - right).elements()),
    )  # fmt: skip


def _key(number: Decimal, symbol: str, last: str) -> Key:
    unit = find_unit(symbol)
    assert unit is not None, symbol
    base = "个百分点" if unit.kind == "points" else unit.base
    return in_base_units(number, unit).normalize(), base, last


def total(name: str, scores: list[Score]) -> Score:
    return Score(
        name, sum(s.wanted for s in scores), sum(s.proposed for s in scores),
        sum(s.right for s in scores), (), (),
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the scores; with ``-v`` also what differs. Returns 1 if a total is below 0.9."""
    articles = golds()
    lowest = 1.0
    for by in ("period", "bound"):
        print(f"value + unit + {by}")
        print(
            f"  {'article':32} {'facts':>5} {'found':>5} {'right':>5} {'precision':>9} {'recall':>7}"
        )
        scores = {gold.name: score(gold, by) for gold in articles}
        for gold in articles:
            _show(scores[gold.name], "*" if gold.held_out else " ")
            if "-v" in arguments:
                for sign, keys in (("-", scores[gold.name].missed), ("+", scores[gold.name].wrong)):
                    for number, unit, last in keys:
                        print(f"        {sign} {number:f} {unit} {last}")
        for name, chosen in (
            ("Chinese", [s for n, s in scores.items() if n.startswith("zh")]),
            ("English", [s for n, s in scores.items() if n.startswith("en")]),
            ("held out (*)", [scores[g.name] for g in articles if g.held_out]),
            ("all", list(scores.values())),
        ):
            whole = total(name, chosen)
            _show(whole, " ")
            lowest = min(lowest, whole.precision, whole.recall)
        print()
    return 0 if lowest >= 0.9 else 1


def _show(result: Score, mark: str) -> None:
    print(
        f"{mark} {result.name:32} {result.wanted:5} {result.proposed:5} {result.right:5} "
        f"{result.precision:9.3f} {result.recall:7.3f}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
