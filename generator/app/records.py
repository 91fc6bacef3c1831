"""Results as plain values for programs: the objects that ``--json`` prints."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.build.context import FactRow
    from generator.build.manifest import Trace
    from generator.build.results import BuildResult
    from generator.build.single import RenderResult
    from generator.errors import Location, Problem

Record = dict[str, object]


def print_record(command: str, problems: Sequence[Problem], values: Mapping[str, object]) -> None:
    """Write the one JSON object of a run to standard output.

    It always has ``ok``, ``command`` and ``problems``; ``values`` are what the command adds.
    """
    record = {
        "ok": not any(problem.severity == "error" for problem in problems),
        "command": command,
        **values,
        "problems": [problem_record(problem) for problem in problems],
    }
    ascii_only = (sys.stdout.encoding or "").replace("-", "").lower() != "utf8"
    print(json.dumps(record, ensure_ascii=ascii_only, indent=2))


def build_record(result: BuildResult) -> Record:
    """Return the files and step times of a build, and the edition that was kept of it."""
    pdfs = [str(file.path) for file in result.files if file.is_pdf]
    return {
        "edition": result.edition,
        **({"pdf": pdfs} if pdfs else {}),
        "files": [
            {**_fields(file), "path": str(file.path), "slides": file.pages} for file in result.files
        ],
        "steps": [{"name": s.name, "seconds": round(s.seconds, 4)} for s in result.steps],
    }


def render_record(result: RenderResult) -> Record:
    """Return the files of a render."""
    return {"files": [{**_fields(file), "path": str(file.path)} for file in result.files]}


def fact_records(rows: Sequence[FactRow]) -> list[Record]:
    """Return one object for each fact."""
    return [_fields(row) for row in rows]


def trace_records(trace: Trace) -> list[Record]:
    """Return one object for each figure of a document."""
    return [_fields(row) for row in trace.rows]


def problem_record(problem: Problem) -> Record:
    """Return a problem with its place, whole and in parts."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "where": _place(problem.where) if problem.where else None,
        "hint": problem.hint,
    }


def _place(where: Location) -> Record:
    return {
        "shown": str(where),
        "file": where.file,
        "line": where.line,
        "steps": list(where.steps),
        "text": where.text,
    }


def _fields(value: object) -> Record:
    names = (f.name for f in dataclasses.fields(value) if f.name != "pages")  # type: ignore[arg-type]
    return {name: getattr(value, name) for name in names}
