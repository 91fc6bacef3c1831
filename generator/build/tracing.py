"""Where figures stand in results: templates filled a second time, with marks around facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.build.annex import Annexed
from generator.build.changes import changes_function
from generator.build.context import build_context, build_views
from generator.build.dataset_views import dataset_views
from generator.build.inserts import blank_inserts, folder_functions
from generator.build.manifest import TracedFile
from generator.build.marked_views import Marks, marked_views
from generator.build.printed_figures import PlainText, PrintedFigure, printed_figures
from generator.office.package import read_package

if TYPE_CHECKING:
    from generator.build.chart_checks import Ledger
    from generator.build.steps import Job
    from generator.build.views import FactView
    from generator.engine.compiled import CompiledTemplate
    from generator.model.fact import FactBook
    from generator.model.insert import Language
    from generator.model.report import ReportDefinition


@dataclass(frozen=True, slots=True)
class Traced:
    """The results with their figures, their other texts, and the facts by language."""

    files: list[TracedFile]
    texts: list[tuple[PlainText, ...]]
    views: Mapping[str, Mapping[str, FactView]]


class Tracer:
    """Finds the figures that templates of a report print."""

    def __init__(self, report: ReportDefinition, book: FactBook) -> None:
        self._report = report
        self._book = book
        self._marks = Marks()
        self._annexed = Annexed()
        self._contexts: dict[str, dict[str, object]] = {}
        self._views: dict[str, dict[str, FactView]] = {}

    def traced(
        self, templates: Sequence[tuple[Job, CompiledTemplate]],
        results: Sequence[tuple[Job, bytes]], ledger: Ledger,
    ) -> Traced:  # fmt: skip
        """Return the results with the figures that are printed in them."""
        files: list[TracedFile] = []
        texts: list[tuple[PlainText, ...]] = []
        for (job, template), (_, data) in zip(templates, results, strict=True):
            name, language = job.target.name, job.language
            figures, plain = self.printed(template, name, language, ledger.annexed.get(name))
            files.append(
                TracedFile(name, job.document, language, data, ledger.packages[name], figures)
            )
            texts.append(tuple(plain))
        languages = self._report.entry.languages
        views: dict[str, dict[str, FactView]] = {name: self.views(name) for name in languages}
        return Traced(files, texts, views)

    def printed(
        self, template: CompiledTemplate, name: str, language: Language,
        annexed: frozenset[str] | None = None,
    ) -> tuple[list[PrintedFigure], list[PlainText]]:  # fmt: skip
        """Return the figures that a template prints, drawings aside, and its other texts.

        ``annexed`` are the facts that its annex lists.
        """
        self._annexed.facts = annexed
        package = read_package(template.render(self._context(language)), name)
        return printed_figures(package, self._marks)

    def views(self, language: Language) -> dict[str, FactView]:
        """Return the facts in a language, without marks."""
        if language not in self._views:
            self._views[language] = build_views(self._book, language)
        return self._views[language]

    def _context(self, language: Language) -> dict[str, object]:
        if language not in self._contexts:
            report, book, marks = self._report, self._book, self._marks
            marked = marked_views(self.views(language), marks)
            context = build_context(book, report, language, marked, self._annexed)
            own = context["report"]
            assert isinstance(own, dict)
            context["report"] = {key: marks.mark("report", key, own[key]) for key in own}
            context["datasets"] = dataset_views(book.datasets, language, None, marks)
            self._contexts[language] = {
                **changes_function(book, None, language), **context,
                **folder_functions(report.folder), **blank_inserts(),
            }  # fmt: skip
        return self._contexts[language]
