"""A batch from top to bottom: rows are read, named, sent out, and what comes back is noted.

At no time more than a few chunks of rows are known; what must be known of all rows (names that are
taken, documents that are finished) lies on disk.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from itertools import chain, islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from generator.batch.failures import Failures, check_ending
from generator.batch.ledger import Ledger
from generator.batch.orders import BatchResult, OnDocument, OnProgress, Order, Progress, ToPdf
from generator.batch.places import check_isolation, place_of
from generator.batch.pool import Crew, OwnCrew, PoolCrew, prepare_processes, usable_cores
from generator.batch.reports import ReportPlan
from generator.batch.stopping import stopping
from generator.batch.targets import open_store
from generator.batch.work import (
    FAILED,
    Finished,
    Known,
    Made,
    Setup,
    Task,
    digest_of_row,
)
from generator.build.result_names import (
    check_name,
    check_words,
    result_pattern,
)
from generator.errors import (
    BatchError,
    DataError,
    Location,
    OutputError,
    Problem,
    ReportError,
)
from generator.model.limits import limits_in_force

if TYPE_CHECKING:
    from generator.sources.row_stream import RowStream, StreamedRow

#: Seconds of work that a chunk is meant to hold, and rows of the first chunks.
_CHUNK_SECONDS, _FIRST_ROWS = 0.2, 8
#: How often a row may end its process before it is set aside.
_MOST_STRIKES = 2
_TICK = 0.1
_MOST_FOLDERS = 10_000


def run_batch(
    order: Order, *, on_document: OnDocument | None = None, on_progress: OnProgress | None = None,
    to_pdf: ToPdf | None = None,
) -> BatchResult:  # fmt: skip
    """Make one document for each row of a file, and go on where single rows fail.

    Raises:
        ReportError: nothing can be made at all, or nothing more: template, data or names are
            wrong, or the output cannot be written. What was finished stays, and is in the ledger.
    """
    with ExitStack() as stack:
        return _Batch(order, stack, on_document, on_progress).run(to_pdf)


class _Batch:
    """One batch, as it runs."""

    def __init__(
        self, order: Order, stack: ExitStack, on_document: OnDocument | None,
        on_progress: OnProgress | None,
    ) -> None:  # fmt: skip
        if order.engine == "local" and order.jobs != 0:
            prepare_processes()  # they load while this one looks at template and data

        from generator.sources.row_stream import stream_rows

        self._order = order
        self._on_document = on_document
        self._on_progress = on_progress
        self._where = str(order.over)
        self._plan = None if order.report is None else ReportPlan(order.template, order.report)
        if self._plan is not None:
            order = self._order = self._plan.ordered(order)
        self._place = place_of(order)
        check_ending(order.failures)
        if order.isolate:
            check_isolation(order, self._place)
        if self._place.is_store:
            open_store(self._place.base)
        self._stamp = _stamp_of(order.template)
        self._common, template, self._warnings = self._compiled()
        stream = stream_rows(order.over, order.format)
        self._read = _stamp_of(order.over)
        self._rows = self._begun(stream)
        if self._plan is not None:
            self._plan.choose_names(self._place.pattern)
        self._name_of = result_pattern(self._place.pattern)
        self._ledger = stack.enter_context(self._opened_ledger())
        self._failures = Failures(order.failures)
        stack.callback(self._failures.close)
        self._counts: dict[str, int] = {}
        self._progress = Progress(stream.about)
        self._seen = 0
        self._retry: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._strikes: dict[int, int] = {}
        self._in_flight = 0
        self._seconds = _CHUNK_SECONDS / _FIRST_ROWS
        self._stop_asked = False
        self._fatal: Problem | None = None
        self._broken: ReportError | None = None
        self._folders: set[str] = set()
        self._crew = self._begun_crew(template)
        stack.callback(self._crew.close)

    # -- before the first row --

    def _compiled(self) -> tuple[bytes, bytes | Path, list[Problem]]:
        """Return a digest of what all rows share, the template for workers, and its warnings."""
        from generator.build.template_cache import program_stamp

        order = self._order
        if self._plan is not None:
            return self._plan.digest(), order.template.absolute(), []
        template: bytes | Path = order.template.absolute()
        if order.isolate:
            format_, warnings = _tried_apart(order)
        else:
            from generator.build.packing import packed_template
            from generator.build.single import compile_single

            compiled = compile_single(order.template, order.undefined)
            template = packed_template(compiled)
            format_, warnings = compiled.format, list(compiled.warnings)
        if Path(self._place.pattern).suffix.lower() != f".{format_}":
            raise OutputError(
                f"a template for .{format_} cannot give this file", Location(order.out),
                f"let its name end in .{format_}",
            )  # fmt: skip
        shared = (
            self._stamp,
            program_stamp(),
            order.undefined,
            repr(sorted(order.context.items())),
        )
        common = hashlib.sha256(repr(shared).encode("utf-8", "surrogatepass")).digest()
        return common, template, warnings

    def _begun(self, stream: RowStream) -> Iterator[StreamedRow]:
        """Return the rows after a look at the first: what is wrong with the head is told at once.

        Raises:
            DataError: there is no row.
        """
        first = next(stream.rows, None)
        if first is None:
            raise DataError("there are no rows", Location(self._where),
                            "one document is made for each row")  # fmt: skip
        if self._plan is not None and first.problem is None:
            self._plan.check_columns(first.value, self._where)
        return chain((first,), stream.rows)

    def _opened_ledger(self) -> Ledger:
        place = self._place
        try:
            place.state.mkdir(parents=True, exist_ok=True)
            ledger = Ledger(place.ledger)
            if place.staging.is_symlink():
                place.staging.unlink()
            shutil.rmtree(place.staging, ignore_errors=True)
            place.staging.mkdir(0o700)
            if not place.is_store:
                Path(place.base).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"the output folder cannot be written: {error.strerror}",
                Location(str(place.state.parent)), "choose another folder in --out",
            ) from error  # fmt: skip
        return ledger

    def _begun_crew(self, template: bytes | Path) -> Crew:
        order, place = self._order, self._place
        own = [order.template, order.over, *order.inputs]
        setup = Setup(
            template, order.context, str((order.files or order.over.parent).absolute()),
            place.base if place.is_store else str(Path(place.base).absolute()),
            str(place.staging.absolute()), place.is_store, order.force, _identities(own),
            limits_in_force(), order.undefined, self._plan.setup if self._plan else None,
        )  # fmt: skip
        jobs = usable_cores() if order.jobs is None else order.jobs
        if order.engine == "dask":
            from generator.batch.cluster import ClusterCrew

            return ClusterCrew(setup, order.scheduler, jobs)
        if jobs == 0 or place.base.startswith("memory://"):
            return OwnCrew(setup)
        return PoolCrew(setup, jobs)

    # -- the loop --

    def run(self, to_pdf: ToPdf | None) -> BatchResult:
        begun = monotonic()
        with stopping(self._ask_to_stop):
            self._work()
            self._ledger.commit()
            if to_pdf is not None and not self._stop_asked:
                self._convert(to_pdf)
        problems = [*dict.fromkeys(self._warnings), *self._ledger.notices, *self._changes()]
        problems += self._failures.told()
        if self._fatal is not None:
            problems.append(self._fatal)
        if self._broken is not None:
            problems += self._broken.problems
        zipped = None
        if self._order.zip is not None and not self._stop_asked and self._fatal is None:
            zipped = self._zipped()
        self._tidy(zipped is not None)
        return BatchResult(
            self._counts, self._seen, self._stop_asked, monotonic() - begun, self._ledger.path,
            problems, zipped, self._order.failures,
        )  # fmt: skip

    def _work(self) -> None:
        try:
            while True:
                self._send()
                if not self._in_flight:
                    return
                for finished in self._crew.collect(_TICK):
                    self._in_flight -= 1
                    self._take(finished)
                self._tell()
        except KeyboardInterrupt:  # asked a second time
            self._stop_asked = True

    def _ask_to_stop(self) -> None:
        if self._stop_asked:
            raise KeyboardInterrupt
        self._stop_asked = True
        self._crew.stop()

    def _send(self) -> None:
        """Send chunks until enough are on the way."""
        while self._in_flight < self._crew.room and not self._stop_asked and self._fatal is None:
            if self._retry:
                tasks = [self._retry.popleft() for _ in range(min(self._size(), len(self._retry)))]
            elif self._alone:
                if self._in_flight:  # a row that may end its process has the pool for itself
                    return
                self._submit([self._alone.popleft()])
                return
            else:
                found = self._next_tasks()
                if found is None:
                    return
                tasks = found
            if tasks:
                self._submit(tasks)

    def _submit(self, tasks: Sequence[Task]) -> None:
        self._crew.submit(tasks)
        self._in_flight += 1

    def _size(self) -> int:
        return max(1, min(self._crew.most_rows, round(_CHUNK_SECONDS / self._seconds)))

    def _next_tasks(self) -> list[Task] | None:
        """Return the rows of the next chunk that have a name; None at the end."""
        if self._broken is not None:
            return None
        named: list[tuple[StreamedRow, str]] = []
        count = 0
        try:
            for row in islice(self._rows, self._size()):
                count += 1
                self._seen += 1
                name = self._named(row)
                if name is not None:
                    named.append((row, name))
        except ReportError as error:  # the file cannot be read any further
            self._broken = error
        if not count:
            return None
        if self._plan is not None:
            return self._report_tasks(self._plan, named)
        late = self._ledger.claim([(name, row.number) for row, name in named])
        tasks = []
        for row, name in named:
            if row.number in late:
                self._failed(row, name, (_taken(name, late[row.number]),))
            else:
                digest = digest_of_row(row.value, self._common)
                tasks.append(Task(row.number, row.line, name, row.value, digest))
        known = self._ledger.known([(t.name, t.input) for t in tasks], self._order.resume)
        return [_with_known(task, known.get(task.name)) for task in tasks] if known else tasks

    def _report_tasks(
        self, plan: ReportPlan, named: Sequence[tuple[StreamedRow, str]]
    ) -> list[Task]:
        """Return the rows of a report whose files all have names of their own."""
        tasks = []
        for row, name in named:
            try:
                names = plan.names_of(row.value, name)
                digest = digest_of_row((row.value, plan.files_of(row.value)), self._common)
            except OutputError as error:
                self._failed(row, name, error.problems)
                continue
            late = self._ledger.claim([(one, row.number) for one in names])
            if late:
                self._failed(row, name, (_taken(name, late[row.number]),))
                continue
            is_resumed = self._order.resume and not plan.is_remote
            known = self._ledger.known([(one, digest) for one in names], is_resumed)
            files = tuple((one, known.get(one)) for one in names)
            tasks.append(Task(row.number, row.line, name, row.value, digest, None, files))
        return tasks

    def _named(self, row: StreamedRow) -> str | None:
        """Return the name of a row's document; None if it has none, which is its failure."""
        if row.problem is not None:
            self._failed(row, "", (row.problem,))
            return None
        value = row.value
        names = {**self._order.context, "row": value}
        if self._plan is not None:
            value = names = self._plan.values_of(value)
        if isinstance(value, Mapping):
            names |= value
        name = ""
        where = Location("--out")
        try:
            name = self._name_of(names, where)
            check_words(name, where)
            folder = name.rpartition("/")[0]
            if folder and not self._place.is_store and folder not in self._folders:
                check_name(name, Path(self._place.base), where)
                if len(self._folders) >= _MOST_FOLDERS:
                    self._folders.clear()
                self._folders.add(folder)
        except OutputError as error:
            self._failed(row, name, error.problems)
            return None
        return name

    # -- what came back --

    def _take(self, finished: Finished) -> None:
        report = finished.report
        if report is None:
            self._take_lost(finished)
            return
        tasks = {task.number: task for task in finished.tasks}
        done = []
        for made in report.made:
            task = tasks.pop(made.number)
            if made.state == FAILED:
                self._failed(task, task.name, made.problems)
                continue
            files = made.files or ((task.name, made.digest, made.size),)
            done += [(name, task.input, digest, size, task.number) for name, digest, size in files]
            self._count(task, made)
        if done:
            self._ledger.add(done)
            self._seconds = 0.5 * self._seconds + 0.5 * max(report.seconds / len(report.made), 1e-6)
        self._warnings = list(dict.fromkeys((*self._warnings, *report.warnings)))[:50]
        if report.fatal is not None and self._fatal is None:
            self._fatal = report.fatal
            self._crew.stop()

    def _take_lost(self, finished: Finished) -> None:
        """Send the rows of a chunk again that was lost, and those alone that may be the reason."""
        if self._stop_asked or self._fatal is not None:
            return
        is_alone = len(finished.tasks) == 1 and finished.tasks[0].number in self._strikes
        for task in finished.tasks:
            verdict = finished.verdicts.get(task.number)
            if verdict is not None:
                self._failed(task, task.name, (verdict,))
            elif task.number in finished.suspects or is_alone:
                self._strikes[task.number] = self._strikes.get(task.number, 0) + 1
                if self._strikes[task.number] >= _MOST_STRIKES:
                    del self._strikes[task.number]
                    self._failed(task, task.name, (_set_aside(self._order.template),))
                else:
                    self._alone.append(task)
            else:
                self._retry.append(task)

    def _failed(self, row: StreamedRow | Task, name: str, problems: Sequence[Problem]) -> None:
        placed = [
            p if p.where is not None else Problem(p.message, Location(self._where, line=row.line),
                                                  p.hint, p.severity, p.code)
            for p in problems
        ]  # fmt: skip
        self._failures.add(row.number, row.line, name, placed)
        self._progress.failed += 1
        self._count(row, Made(row.number, FAILED, problems=tuple(placed)), name)

    def _count(self, row: StreamedRow | Task, made: Made, name: str = "") -> None:
        self._strikes.pop(made.number, None)
        self._counts[made.state] = self._counts.get(made.state, 0) + 1
        self._progress.done += 1
        if self._on_document is not None:
            task = row if isinstance(row, Task) else Task(row.number, row.line, name, None, b"")
            self._on_document(task, made)

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._progress)

    # -- after the last row --

    def _changes(self) -> Iterator[Problem]:
        """Tell what changed while the batch was at work."""
        for path, stamp, what in (
            (self._order.template, self._stamp, "the template changed while the batch was at work; "
             + ("documents may be of either version" if self._order.isolate
                else "all documents are from the one that it began with")),
            (self._order.over, self._read, "the data changed while they were read; rows may be of "
             "either version"),
        ):  # fmt: skip
            if _stamp_of(path) != stamp:
                yield Problem(what, Location(str(path)), "run the batch again with --resume",
                              "warning", BatchError.code)  # fmt: skip

    def _convert(self, to_pdf: ToPdf) -> None:
        """Turn the documents of this run into PDF, but those whose PDF is there."""
        base = Path(self._place.base)
        waiting = (name for name, digest, _ in self._ledger.documents()
                   if name.endswith((".docx", ".pptx"))
                   and not self._ledger.has_pdf(name, digest, base))  # fmt: skip
        self._progress = Progress(self._ledger.count(), what="PDF files")
        while names := list(islice(waiting, 20)):
            if self._stop_asked:
                return
            failed = to_pdf(base, names)
            for name in names:
                if name in failed:
                    self._failures.add(0, None, name, (failed[name],))
                    self._counts["pdf failed"] = self._counts.get("pdf failed", 0) + 1
                else:
                    self._counts["pdf"] = self._counts.get("pdf", 0) + 1
                self._progress.done += 1
            self._ledger.add_pdfs([name for name in names if name not in failed])
            self._tell()

    def _zipped(self) -> Path | None:
        """Put the documents into one zip, in the order of the rows.

        Raises:
            OutputError: it cannot be written, or a document is not as it was made.
        """
        from generator.batch.zip_stream import ZipStream

        target = self._order.zip
        assert target is not None
        aside = self._place.staging / "zip.part"
        where = Location(str(target))
        base = Path(self._place.base)
        try:
            with aside.open("wb") as stream:
                archive = ZipStream(stream)
                for name, digest, _ in self._ledger.documents():
                    data = (base / name).read_bytes()
                    if hashlib.sha256(data).digest() != digest:
                        raise OutputError(f'"{name}" is not as it was made', where,
                                          "run the batch again with --resume --force")  # fmt: skip
                    archive.add(name, data)
                    pdf = (base / name).with_suffix(".pdf")
                    if pdf.is_file():
                        archive.add(str(Path(name).with_suffix(".pdf").as_posix()),
                                    pdf.read_bytes())  # fmt: skip
                archive.close()
            aside.replace(target)
        except OSError as error:
            raise OutputError(f"the zip cannot be written: {error.strerror}", where,
                              "free some space, then go on with --resume") from error  # fmt: skip
        return target

    def _tidy(self, is_zipped: bool) -> None:
        shutil.rmtree(self._place.staging, ignore_errors=True)
        if is_zipped and not self._counts.get(FAILED) and self._broken is None:
            shutil.rmtree(self._place.base, ignore_errors=True)


def _tried_apart(order: Order) -> tuple[str, list[Problem]]:
    """Return format and warnings of a template that only a limited process opens.

    Raises:
        ReportError: it is wrong, or exceeds a limit.
    """
    from generator.build.isolation import Job, Worker

    files = str((order.files or order.over.parent).absolute())
    job = Job(str(order.template), {}, files, None, order.undefined, limits_in_force())
    with Worker(job) as worker:
        return worker.format, list(worker.warnings)


def _taken(name: str, row: int) -> Problem:
    return Problem(
        f'"{name}" is the name of row {row} already', Location("--out"),
        "add a column to the name that tells the rows apart", code=OutputError.code,
    )  # fmt: skip


def _with_known(task: Task, known: Known | None) -> Task:
    if known is None:
        return task
    return Task(task.number, task.line, task.name, task.value, task.input, known)


def _set_aside(template: Path) -> Problem:
    return Problem(
        "the process that made it ended twice, so the row was set aside", Location(str(template)),
        "it needs too much memory, or a library fails on it: render this row alone",
        code=BatchError.code,
    )  # fmt: skip


def _stamp_of(path: Path) -> tuple[object, ...]:
    """Return what changes when a file changes: the digest of a small one, else size and time."""
    try:
        status = path.stat()
        if status.st_size <= 50_000_000 and path.suffix.lower() in (".docx", ".pptx"):
            return (hashlib.sha256(path.read_bytes()).hexdigest(),)
        return (status.st_size, status.st_mtime_ns, status.st_ino)
    except OSError:
        return ()


def _identities(paths: Sequence[Path]) -> frozenset[tuple[int, int]]:
    found = set()
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            found.add((status.st_dev, status.st_ino))
    return frozenset(found)
