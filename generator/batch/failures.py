"""Failures of rows: counted and told in short, and written out one by one as they happen."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from generator.errors import ChoiceError, Location, OutputError, Problem

#: Different problems that are told at the end.
_MOST_TOLD = 20
_COLUMNS = ("row", "line", "name", "code", "message", "where", "hint")


def check_ending(path: Path | None) -> None:
    """Refuse a file of failures whose ending is none that is written.

    Raises:
        ChoiceError: it ends otherwise.
    """
    if path is not None and path.suffix.lower() not in (".csv", ".jsonl"):
        raise ChoiceError(f'failures are not written as "{path.suffix}"', Location(str(path)),
                          "let the name end in .csv or .jsonl")  # fmt: skip


class Failures:
    """The rows that failed. The file, if one is wanted, appears when the batch has ended."""

    def __init__(self, path: Path | None) -> None:
        """Begin.

        Raises:
            OutputError: the file cannot be written.
        """
        self.count = 0
        self._path = path
        self._told: dict[tuple[str, str], tuple[Problem, int, int]] = {}
        self._untold = 0
        self._stream: IO[str] | None = None
        self._writer: Any = None
        if path is None:
            return
        self._aside = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._aside.open("w", encoding="utf-8-sig" if self._is_table else
                                            "utf-8", newline="")  # fmt: skip
        except OSError as error:
            raise OutputError(f"the file cannot be written: {error.strerror}",
                              Location(str(path))) from error  # fmt: skip
        if self._is_table:
            self._writer = csv.writer(self._stream)
            self._writer.writerow(_COLUMNS)

    @property
    def _is_table(self) -> bool:
        return self._path is not None and self._path.suffix.lower() == ".csv"

    def add(self, row: int, line: int | None, name: str, problems: Sequence[Problem]) -> None:
        """Take note of a row that failed."""
        self.count += 1
        for problem in problems:
            key = (problem.message, str(problem.where))
            if key in self._told:
                first, number, more = self._told[key]
                self._told[key] = (first, number, more + 1)
            elif len(self._told) < _MOST_TOLD:
                self._told[key] = (problem, row, 0)
            else:
                self._untold += 1
            if self._stream is not None:
                self._write(row, line, name, problem)

    def _write(self, row: int, line: int | None, name: str, problem: Problem) -> None:
        where = str(problem.where) if problem.where else ""
        values = (row, line, name, problem.code, problem.message, where, problem.hint)
        assert self._stream is not None
        try:
            if self._writer is not None:
                self._writer.writerow(["" if v is None else v for v in values])
            else:
                text = json.dumps(dict(zip(_COLUMNS, values, strict=True)), ensure_ascii=False)
                self._stream.write(text + "\n")
        except OSError as error:
            raise OutputError(f"the file cannot be written: {error.strerror}",
                              Location(str(self._path))) from error  # fmt: skip

    def told(self) -> list[Problem]:
        """Return the different problems, each with the first row that has it."""
        found = [
            Problem(
                f"{problem.message} (row {row}{f' and {more:,} more' if more else ''})",
                problem.where, problem.hint, problem.severity, problem.code,
            )
            for problem, row, more in self._told.values()
        ]  # fmt: skip
        if self._untold:
            told = f"{self._untold:,} other failures are not shown"
            found.append(Problem(told, hint="write them all with --failures FILE", code="batch"))
        return found

    def close(self) -> None:
        """Let the file appear under its name.

        Raises:
            OutputError: it cannot be written.
        """
        if self._stream is None or self._path is None:
            return
        stream, self._stream = self._stream, None
        try:
            stream.flush()
            os.fsync(stream.fileno())
            stream.close()
            self._aside.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                self._aside.unlink(missing_ok=True)
            raise OutputError(f"the file cannot be written: {error.strerror}",
                              Location(str(self._path))) from error  # fmt: skip
