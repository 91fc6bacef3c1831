"""Office files to PDF: in batches, each worker with a profile of its own, every result looked at.

A file that spoils its batch is found by converting the batch again one by one.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
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


def is_pdf(path: Path) -> bool:
    """Return whether a file is a whole PDF with at least one page."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:] and _has_page(data)


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
