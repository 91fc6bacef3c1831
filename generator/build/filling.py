"""Filling the templates of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from generator.build.annex import Annexed
from generator.build.changes import changes_function
from generator.build.context import build_context, build_views
from generator.build.dataset_views import dataset_views
from generator.build.inserts import make_inserts
from generator.build.pictures import PictureStore
from generator.errors import Problem, ReportError, TemplateError

if TYPE_CHECKING:
    from generator.build.chart_checks import Ledger
    from generator.build.steps import Job
    from generator.build.tracing import Tracer
    from generator.build.uses import Keeper
    from generator.engine.compiled import CompiledTemplate
    from generator.model.fact import FactBook
    from generator.model.insert import Language
    from generator.model.report import ReportDefinition


class Filler:
    """Fills templates with one report's facts; what is drawn is noted in ``ledger``."""

    def __init__(
        self,
        report: ReportDefinition,
        book: FactBook,
        ledger: Ledger,
        tracer: Callable[[], Tracer],
        keeper: Keeper | None,
    ) -> None:
        self._report = report
        self._book = book
        self._ledger = ledger
        self._tracer = tracer
        self._keeper = keeper
        self._uses = None if keeper is None else keeper.uses
        self._store = PictureStore(report.folder / ".cache" / "pictures")
        self._annexed = Annexed()
        self._contexts: dict[str, dict[str, object]] = {}

    def fill_all(
        self, templates: Sequence[tuple[Job, CompiledTemplate]]
    ) -> list[tuple[Job, bytes]]:
        """Return the filled documents.

        Raises:
            TemplateError: with the problems of all templates.
        """
        problems: list[Problem] = []
        results = []
        for job, template in templates:
            try:
                results.append((job, self._filled(job, template)))
            except ReportError as error:
                problems += error.problems
        if problems:
            raise TemplateError.of(list(dict.fromkeys(problems)))
        return results

    def problems_of(self, job: Job, error: ReportError) -> tuple[Problem, ...]:
        """Return the problems of a template that could not be compiled, those of its data too."""
        self._ledger.document = job.target.name
        if isinstance(error, TemplateError):
            return error.with_data([self._context(job.language)]).problems
        return error.problems

    def _filled(self, job: Job, template: CompiledTemplate) -> bytes:
        name, ledger = job.target.name, self._ledger
        self._annexed.begin()
        data = self._rendered(job, template)
        if self._annexed.is_asked:  # what is used is known now: fill again
            figures, _ = self._tracer().printed(template, name, job.language)
            found = {figure.fact for figure in figures if figure.is_figure}
            self._annexed.facts = ledger.annexed[name] = frozenset(found | ledger.facts_in(name))
            ledger.forget(name)
            data = self._rendered(job, template)
        if self._keeper is not None:
            self._keeper.rendered(job)
        return data

    def _rendered(self, job: Job, template: CompiledTemplate) -> bytes:
        ledger = self._ledger
        context = self._context(job.language)
        ledger.document = job.target.name
        ledger.drawn_as = job.definition.charts_as or self._report.entry.charts_as
        if self._uses is not None:
            self._uses.begin()
        dropped = ledger.dropped[job.target.name] = list(template.warnings)
        return template.render(context, dropped)

    def _context(self, language: Language) -> dict[str, object]:
        if language not in self._contexts:
            report, book, uses = self._report, self._book, self._uses
            views = build_views(book, language, uses)
            context = build_context(book, report, language, views, self._annexed)
            inserts = make_inserts(
                report, views, language, self._store, self._ledger, uses, book.datasets
            )
            context["datasets"] = dataset_views(book.datasets, language, uses)
            names = (
                changes_function(book, None, language)
                if self._keeper is None
                else self._keeper.names(book, language)
            )
            self._contexts[language] = {**names, **context, **inserts}
        return self._contexts[language]
