"""Building again as files change: by their digests, once they have come to rest."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from generator.editions.state import FOLDER, digest_of, read_state
from generator.errors import OutputError, ReportError

if TYPE_CHECKING:
    from generator.build.results import BuildResult

#: Names that are no inputs: lock files of Office, hidden and half-written files.
_PASSING_STARTS = ("~$", ".", "~WRL", "~WRD", "ppt~")
_PASSING_ENDS = ("~", ".tmp", ".part", ".swp", ".swx", ".crdownload", ".bak", ".pyc")
_OFFICE = (".docx", ".pptx", ".xlsx")
#: How often files are looked at while they are being saved, and how long at most, in seconds.
_PAUSE, _PATIENCE = 0.15, 5.0


def is_passing(path: Path) -> bool:
    """Return whether a file is none that a person works on."""
    name = path.name
    return name.startswith(_PASSING_STARTS) or name.lower().endswith(_PASSING_ENDS)


@dataclass(slots=True)
class Watch:
    """Builds a report when what it is made from has changed.

    ``build`` builds it; ``tell`` gets what came of it, and ``fail`` the errors of a build that
    failed; neither stops the watch.
    """

    definition: Path
    build: Callable[[], BuildResult]
    tell: Callable[[BuildResult], None]
    fail: Callable[[ReportError], None]
    sleep: Callable[[float], None] = sleep
    output: Path | None = None
    _touched: set[Path] = field(default_factory=set)
    _tried: dict[Path, str | None] = field(default_factory=dict)

    def run(self, batches: Iterable[Iterable[Path]]) -> None:
        """Build once, then after each batch of changed paths that has changed an input.

        An empty batch is a look around: what was saved before the watch began, or on a drive that
        tells of no changes, is found by size and time.
        """
        seen = self._stamps()  # from before the build: what is saved meanwhile must not be missed
        self.attempt()
        for batch in batches:
            self._touched |= {path for path in batch if self.concerns(path)}
            now = self._stamps()
            if (self._touched or now != seen) and self._snapshot() != self._tried:
                self.attempt()
            seen = now

    def attempt(self) -> None:
        """Build now, with files that have come to rest."""
        self._tried = self._settled()
        try:
            result = self.build()
        except ReportError as error:
            self.fail(error)
        else:
            self.tell(result)
            self._touched.clear()
        built = self._built_from()  # what is built from may be known only now
        self._tried = {
            path: self._tried[path] if path in self._tried else built.get(path) or digest_of(path)
            for path in sorted(self._inputs())
        }

    def concerns(self, path: Path) -> bool:
        """Return whether a path may be an input."""
        project = self.definition.parent
        apart = [project / FOLDER, *([self.output] if self.output else [])]
        inside = path.relative_to(project).parts[:-1] if path.is_relative_to(project) else ()
        return (
            not is_passing(path)
            and not any(path.is_relative_to(folder) for folder in apart)
            and not any(part.startswith(".") or part == "__pycache__" for part in inside)
        )

    def folders(self) -> list[Path]:
        """Return the folders that hold what the report is made from."""
        project = self.definition.parent
        outside = {p.parent for p in self._inputs() if not p.is_relative_to(project)}
        return [project, *sorted(folder for folder in outside if folder.is_dir())]

    def _inputs(self) -> set[Path]:
        return {self.definition, *self._built_from(), *self._touched}

    def _built_from(self) -> dict[Path, str]:
        """Return the files that the outputs were built from, as they were then, by digests."""
        project = self.definition.parent
        records = read_state(project).outputs.values()
        return {project / name: digest for r in records for name, digest in r.inputs.items()}

    def _snapshot(self) -> dict[Path, str | None]:
        return {path: digest_of(path) for path in sorted(self._inputs())}

    def _stamps(self) -> dict[Path, tuple[int, int] | None]:
        """Return size and time of all inputs; None for one that is missing."""
        return {path: _stamp(path) for path in self._inputs()}

    def _settled(self) -> dict[Path, str | None]:
        """Return the digests of all inputs once two looks agree and no file is half saved."""
        until = monotonic() + _PATIENCE
        found = self._snapshot()
        while True:
            self.sleep(_PAUSE)
            again = self._snapshot()
            is_whole = all(_is_whole(path) for path in again)
            if (again == found and is_whole) or monotonic() > until:
                return again
            found = again


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _is_whole(path: Path) -> bool:
    """Return whether an Office file has its end; one that is being saved may be missing."""
    if path.suffix.lower() not in _OFFICE:
        return True
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def changed_paths(
    folders: Callable[[], list[Path]], concerns: Callable[[Path], bool]
) -> Iterator[set[Path]]:
    """Yield batches of paths below folders that were touched, until the user stops it.

    A batch is empty when nothing was touched for a while. ``folders`` is asked as it begins.

    Raises:
        OutputError: the package watchfiles is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise OutputError(
            "watching needs the package watchfiles", None, "install it: pip install watchfiles"
        ) from error
    for batch in watch(
        *folders(),
        watch_filter=lambda _, name: concerns(Path(name)),
        debounce=400,
        step=100,
        rust_timeout=1500,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        yield {Path(name) for _, name in batch}
