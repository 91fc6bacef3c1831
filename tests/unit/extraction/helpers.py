"""Short ways to read prose in tests."""

from __future__ import annotations

from datetime import date

from generator.extraction.indicators import shipped_indicators
from generator.extraction.proposals import Extraction, Proposal, extract
from generator.extraction.repair import mend


def read(text: str, published: date | None = None) -> Extraction:
    """Return what the rules read in a text."""
    return extract(mend(text.splitlines(), published), shipped_indicators())


def short(proposal: Proposal) -> tuple[str, str, str]:
    return str(proposal.number), proposal.unit, proposal.bound.value


def values(text: str) -> list[tuple[str, str]]:
    """Return numbers and units that the rules read in a text."""
    return [(str(p.number), p.unit) for p in read(text).proposals]
