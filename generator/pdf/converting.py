"""Office files to PDF: in batches, each worker with a profile of its own, every result looked at.

A file that spoils its batch is found by converting the batch again one by one.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from generator.errors import Location, OutputError, Problem
from generator.pdf.program import find_office, lacks_chinese_font, run_office

#: Files that one run of LibreOffice converts: starting it costs as much as two of them.
_BATCH = 10
#: Seconds that a run may take: for its start, and for each file.
_START_SECONDS, _FILE_SECONDS = 60.0, 60.0
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")
#: What differs from one run to the next: the moment, and the number of the file and of its content.
_MOMENT = re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)\d{14}")
_NUMBER = re.compile(rb"(<|/DocChecksum\s*/)[0-9A-F]{32}(>|\s)")
_CHANGED = re.compile(
    rb"<dcterms:modified[^>]*>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z?</dcterms:modified>"
)
_NO_MOMENT = b"19800101000000"
_CJK = re.compile("[\u3400-\u9fff]")
_TEXT_PARTS = re.compile(r"(?:word/document|ppt/slides/slide\d+)\.xml")
_MOST_LOOKED_AT = 2_000_000

OnFile = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PdfResult:
    """The PDF files that were made or are current, the problem of each file that failed, and
    what is worth knowing.
    """

    made: tuple[Path, ...]
    failed: Mapping[Path, Problem]
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Worker:
    """One user of LibreOffice: its folder holds a profile that nobody else uses."""

    office: Path
    folder: Path
    seconds: float | None
    runs: int = 0
    profiles: int = field(default=0)

    def profile(self) -> Path:
        return self.folder / f"profile{self.profiles}"

    def convert(self, files: Sequence[Path]) -> dict[Path, Problem]:
        """Convert files; return the problem of each that failed."""
        failed: dict[Path, Problem] = {}
        sound = []
        for file in files:
            problem = _source_problem(file)
            if problem is None:
                sound.append(file)
            else:
                failed[file] = problem
        waiting = list(self._run(sound)) if sound else []
        for file in waiting:
            self._fresh_profile()
            if list(self._run([file])):
                self._fresh_profile()
                failed[file] = Problem(
                    "LibreOffice does not turn it into a PDF", Location(str(file)),
                    "open it in LibreOffice to see why", code=OutputError.code,
                )  # fmt: skip
        return failed

    def _fresh_profile(self) -> None:
        shutil.rmtree(self.profile(), ignore_errors=True)
        self.profiles += 1

    def _run(self, files: Sequence[Path]) -> Iterator[Path]:
        """Convert files in one run; yield those that have no PDF."""
        self.runs += 1
        work = self.folder / f"run{self.runs}"
        made = work / "made"
        made.mkdir(parents=True)
        copies = {}
        for number, file in enumerate(files):  # names of our own: two folders may have one name
            copies[file] = work / f"{number}{file.suffix.lower()}"
            shutil.copyfile(file, copies[file])
        seconds = _START_SECONDS + _FILE_SECONDS * len(files)
        run_office(self.office, list(copies.values()), made, self.profile(),
                   self.seconds or seconds)  # fmt: skip
        for file, copy in copies.items():
            found = made / f"{copy.stem}.pdf"
            if not is_pdf(found):
                yield file
                continue
            found.write_bytes(settled_pdf(found.read_bytes(), file))
            place_pdf(found, pdf_of(file))
        shutil.rmtree(work, ignore_errors=True)


def pdf_of(file: Path) -> Path:
    """Return where the PDF of a file lies: beside it."""
    return file.with_suffix(".pdf")


def convert_files(
    files: Sequence[Path], *, jobs: int = 1, seconds: float | None = None,
    on_file: OnFile | None = None,
) -> PdfResult:  # fmt: skip
    """Write a PDF beside each file; one that is newer than its file is current and stays.

    ``seconds`` bounds each run of LibreOffice; by default the time grows with the batch.

    Raises:
        OutputError: LibreOffice is not installed, or two files would have one PDF.
    """
    owners: dict[Path, Path] = {}
    for file in files:
        other = owners.setdefault(pdf_of(file), file)
        if other != file:
            raise OutputError(f'"{other.name}" would have the same PDF', Location(str(file)),
                              "give one of them another name")  # fmt: skip
    waiting = [file for file in files if not _is_current(file)]
    failed: dict[Path, Problem] = {}
    if waiting:
        office = find_office()
        count = max(1, min(jobs, len(waiting)))
        size = max(1, min(_BATCH, -(-len(waiting) // count)))
        batches: queue.SimpleQueue[list[Path]] = queue.SimpleQueue()
        for begin in range(0, len(waiting), size):
            batches.put(waiting[begin : begin + size])
        with tempfile.TemporaryDirectory(prefix="make-report-pdf-", ignore_cleanup_errors=True
                                         ) as home:  # fmt: skip
            workers = [_Worker(office, Path(home) / str(n), seconds) for n in range(count)]
            done = 0

            def work(worker: _Worker) -> dict[Path, Problem]:
                nonlocal done
                found: dict[Path, Problem] = {}
                while not batches.empty():
                    with suppress(queue.Empty):
                        batch = batches.get_nowait()
                        found |= worker.convert(batch)
                        done += len(batch)
                        if on_file is not None:
                            on_file(done, len(waiting))
                return found

            with ThreadPoolExecutor(count) as pool:
                for found in pool.map(work, workers):
                    failed |= found
    made = tuple(pdf_of(file) for file in files if file not in failed)
    return PdfResult(made, failed, tuple(_font_problem(waiting)))


def convert_documents(
    documents: Sequence[tuple[Path, bytes]], *, jobs: int = 1, on_file: OnFile | None = None
) -> tuple[dict[Path, bytes], list[Problem]]:
    """Return the PDF of each document by the path that it goes by, and what is worth knowing.

    Nothing is written where the documents lie; one that failed is missing, and is told of.

    Raises:
        OutputError: LibreOffice is not installed, or there is no space to work in.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="make-report-", ignore_cleanup_errors=True) as home:
            copies = {}
            for number, (path, data) in enumerate(documents):
                copies[Path(home) / f"{number}{path.suffix.lower()}"] = path
                (Path(home) / f"{number}{path.suffix.lower()}").write_bytes(data)
            found = convert_files(list(copies), jobs=jobs, on_file=on_file)
            made = {copies[copy]: pdf_of(copy).read_bytes() for copy in copies
                    if copy not in found.failed}  # fmt: skip
    except OSError as error:
        raise OutputError(
            f"no PDF can be made: {error.strerror}", Location(tempfile.gettempdir()),
            "free some space, or let TMPDIR name another folder",
        ) from error  # fmt: skip
    problems = [replace(problem, where=Location(str(copies[copy])))
                for copy, problem in found.failed.items()]  # fmt: skip
    return made, [*problems, *found.problems]


def is_pdf(path: Path) -> bool:
    """Return whether a file is a whole PDF with at least one page."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:] and _has_page(data)


def settled_pdf(data: bytes, source: Path) -> bytes:
    """Return a PDF without what differs each time that the same document is printed.

    Its moment becomes that of the document, its number a digest of the document. Both keep their
    length, so that nothing in the file moves.
    """
    cut = data.rfind(b"endstream") + 1  # behind it is plain text
    tail = _MOMENT.sub(rb"\g<1>" + _moment_of(source), data[cut:])
    at = tail.rfind(b"trailer") + 1
    number = hashlib.sha256(source.read_bytes()).hexdigest().upper()[:32].encode()
    return data[:cut] + tail[:at] + _NUMBER.sub(rb"\g<1>" + number + rb"\g<2>", tail[at:])


def _moment_of(source: Path) -> bytes:
    """Return when a document says that it was changed, as fourteen digits."""
    with suppress(OSError, BadZipFile, KeyError, RuntimeError), ZipFile(source) as package:
        found = _CHANGED.search(package.read("docProps/core.xml"))
        if found is not None:
            return re.sub(rb"\D", b"", found[1])
    return _NO_MOMENT


def _has_page(data: bytes) -> bool:
    if _PAGE.search(data):
        return True
    for found in _STREAM.finditer(data):  # newer programs pack the objects of pages
        with suppress(zlib.error):
            packed = zlib.decompressobj()
            if _PAGE.search(packed.decompress(data[found.end() :], _MOST_LOOKED_AT)):
                return True
    return False


def place_pdf(made: Path, target: Path) -> None:
    """Move a PDF to its place, where it appears whole.

    Raises:
        OutputError: it cannot be written there.
    """
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part",
                                        dir=target.parent)  # fmt: skip
        with os.fdopen(handle, "wb") as stream, made.open("rb") as source:
            shutil.copyfileobj(source, stream, 1 << 20)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise OutputError(f"the PDF cannot be written: {error.strerror}", Location(str(target)),
                          "close it in other programs, or free some space") from error  # fmt: skip


def _is_current(file: Path) -> bool:
    try:
        return pdf_of(file).stat().st_mtime_ns > file.stat().st_mtime_ns and is_pdf(pdf_of(file))
    except OSError:
        return False


def _source_problem(file: Path) -> Problem | None:
    """Return why a file cannot be converted: LibreOffice would make a PDF of its raw bytes."""
    where = Location(str(file))
    try:
        with ZipFile(file) as package:
            bad = package.testzip()
            if bad is None and "[Content_Types].xml" in package.namelist():
                return None
    except FileNotFoundError:
        return Problem("there is no such file", where, code=OutputError.code)
    except (OSError, BadZipFile, RuntimeError, NotImplementedError):
        pass
    return Problem("the file is damaged, or no Office file, so no PDF was made", where,
                   "build it again", code=OutputError.code)  # fmt: skip


def _font_problem(files: Sequence[Path]) -> Iterator[Problem]:
    """Yield a warning if a file holds Chinese and this system has no font for it."""
    if any(_has_chinese(file) for file in files[:20]) and lacks_chinese_font():
        yield Problem(
            "this system has no font for Chinese, so the PDF files show boxes", Location("--pdf"),
            "apt-get install fonts-noto-cjk (or the like of your system), then make them again",
            "warning", OutputError.code,
        )  # fmt: skip


def _has_chinese(file: Path) -> bool:
    try:
        with ZipFile(file) as package:
            for name in package.namelist():
                if _TEXT_PARTS.fullmatch(name):
                    with package.open(name) as part:
                        if _CJK.search(part.read(_MOST_LOOKED_AT).decode("utf-8", "replace")):
                            return True
    except (OSError, BadZipFile, RuntimeError, NotImplementedError):
        return False
    return False
