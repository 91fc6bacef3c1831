"""What stands at the points of a chart, word for word."""

from __future__ import annotations

from decimal import Decimal

from generator.charts.numbers import formatted
from generator.charts.prepare import Prepared
from generator.model.chart import Series


def label_code(chart: Prepared, code: str) -> str:
    """Return the number format of labels: of shares where no value stands beside them."""
    shows = chart.labels.shows or ()
    if "share" in shows and "value" not in shows:
        return chart.labels.number_format or "0%"
    return chart.labels.number_format or code


def label_text(
    chart: Prepared, series: Series, index: int, code: str, percent_of: Decimal | None = None
) -> str:
    """Return the label of one point; empty for none.

    ``percent_of`` is the whole of which shares are shown.
    """
    value = series.values[index]
    shows = chart.labels.shows or ()
    if value is None or not shows:
        return ""
    if series.labels is not None:
        own = series.labels[index]
        if not own or "category" not in shows:
            return own
        return f"{chart.spec.names[index]}\n{own}"
    if not series.is_data:
        return ""
    pieces = []
    if "category" in shows and index < len(chart.spec.categories):
        pieces.append(chart.spec.names[index])
    if "series" in shows:
        pieces.append(series.name)
    if "value" in shows:
        pieces.append(formatted(value, label_code(chart, code)) or f"{value:f}")
    if "share" in shows and percent_of:
        share = "0%" if "value" in shows else label_code(chart, code)
        pieces.append(formatted(value / percent_of, share) or f"{value / percent_of:.0%}")
    return "\n".join(pieces)
