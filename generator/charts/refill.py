"""A native chart that an author drew, filled with other data without losing its look.

The chart and its workbook are read once; to fill them is to join texts. No files are touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.charts.refill_book import BookForm
from generator.charts.refill_chart import ChartPieces
from generator.charts.refill_cut import cut_chart
from generator.charts.refill_data import check_data, read_data
from generator.charts.refill_places import place_data
from generator.charts.refill_workbook import Book
from generator.model.chart import ChartSpec


@dataclass(frozen=True, slots=True)
class FilledChart:
    """The chart part and its workbook; None if the chart has none of its own."""

    chart_xml: bytes
    workbook: bytes | None


@dataclass(frozen=True, slots=True)
class ChartForm:
    """A chart that takes data as often as wanted; it can be pickled and used from many threads."""

    chart: ChartPieces
    book: BookForm | None

    def fill(self, data: ChartSpec | Mapping[str, object]) -> FilledChart:
        """Return the chart with other data.

        ``data`` is a chart, or a mapping with ``categories`` (labels, numbers or days; for levels
        tuples of labels, the outermost first) and ``series`` (each with ``name`` and ``values``,
        or with ``points`` as ``[x, y]`` or ``[x, y, size]``). None is a gap. A series takes the
        look of its namesake in the template, else of the next one in order; further ones take
        that of the last in their group, in the next accent of the theme.

        Raises:
            ChartError: the data are no chart, or the workbook has no room for them.
            SeriesLengthError: a series is longer or shorter than the categories.
            ValueTypeError: a value is not a number.
            UnsupportedChartError: the data name an unknown kind.
        """
        raw = read_data(data)
        sources = self.chart.match([series.name for series in raw.series])
        tracks = self.chart.tracks
        kinds = [source.kind for source in sources]
        depth = max(1, len(tracks.levels))
        filling = check_data(
            raw, kinds, is_1904=self.chart.is_1904, depth=depth, needs_days=self.chart.needs_days
        )
        rooms = self.book.rooms if self.book else None
        layout = place_data(tracks, rooms, sources, filling)
        heads = (
            self.book.heads(layout, filling)
            if self.book
            else tuple(series.name for series in filling.series)
        )
        xml = self.chart.render(sources, filling, layout, heads).encode()
        book = self.book.write(layout, filling, sources, heads) if self.book else None
        return FilledChart(xml, book)


def compile_chart(chart_xml: bytes, workbook: bytes | None) -> ChartForm:
    """Return the form of a chart part and of the .xlsx that it embeds.

    Without a workbook (or with a link to one outside) the chart is filled alone, and no longer
    says where its data are kept.

    Raises:
        UnsupportedChartError: the chart is of a kind, or kept in a way, that cannot be filled.
        PackageError: the workbook or the part is damaged.
    """
    if workbook is None:
        return ChartForm(cut_chart(chart_xml, None, None), None)
    book = Book(workbook)
    chart = cut_chart(chart_xml, book.resolve, book.is_1904)
    return ChartForm(chart, book.form(chart.tracks))
