"""What a report says about reading articles."""

from __future__ import annotations

from generator.model.record import Record, Text


class ExtractionDefinition(Record):
    """Files with indicators of one's own, which articles are read with, too."""

    indicators: tuple[Text, ...] = ()
