"""Problems as a SARIF 2.1.0 log: rules, results, files, and places inside of Office files.

The same problems give the same text: no time, no path of this machine but those in the problems.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from generator.errors import Location, Problem, ReportError

Json = dict[str, object]
#: Gives the part of an Office file that a place lies in; None for files of other kinds.
PartOf = Callable[[Location], str | None]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COLUMN = re.compile(r"column (\d+)")


def sarif_log(problems: Sequence[Problem], part_of: PartOf = lambda _: None) -> bytes:
    """Return the log of one run that found ``problems``."""
    rules = sorted({problem.code for problem in problems})
    files = sorted({p.where.file for p in problems if p.where and p.where.file})
    tree = _LogicalTree()
    results = [_result(problem, rules, files, tree, part_of) for problem in problems]
    driver = {"name": "make-report", "rules": [_rule(code) for code in rules]}
    run: Json = {
        "tool": {"driver": driver},
        "artifacts": [{"location": {"uri": _uri(file)}} for file in files],
        "logicalLocations": tree.nodes,
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=False, indent=2) + "\n").encode(errors="replace")


class _LogicalTree:
    """The places inside of files, each told once: file, part, and the steps into the part."""

    def __init__(self) -> None:
        self.nodes: list[Json] = []
        self._known: dict[tuple[str, ...], int] = {}

    def add(self, path: Sequence[str]) -> Json:
        """Return the reference to a place; ``path`` begins with its file."""
        index = -1
        for length in range(1, len(path) + 1):
            key = tuple(path[:length])
            if key not in self._known:
                node: Json = {"name": key[-1], "fullyQualifiedName": "/".join(key)}
                if index >= 0:
                    node["parentIndex"] = index
                self._known[key] = len(self.nodes)
                self.nodes.append(node)
            index = self._known[key]
        return {"index": index, "fullyQualifiedName": "/".join(path)}


def _result(
    problem: Problem, rules: Sequence[str], files: Sequence[str], tree: _LogicalTree,
    part_of: PartOf,
) -> Json:  # fmt: skip
    where = problem.where or Location()
    part = part_of(where) if where.file else None
    text = problem.message + (f"\nhint: {problem.hint}" if problem.hint else "")
    result: Json = {
        "ruleId": problem.code,
        "ruleIndex": rules.index(problem.code),
        "level": _LEVELS[problem.severity],
        "message": {"text": text},
        "partialFingerprints": {"makeReport/v1": _fingerprint(problem, where, part)},
    }
    location: Json = {}
    if where.file:
        physical: Json = {
            "artifactLocation": {"uri": _uri(where.file), "index": files.index(where.file)}
        }
        if where.line is not None:
            physical["region"] = _region(where)
        location["physicalLocation"] = physical
    steps = [*([part] if part else []), *where.steps]
    if steps:
        location["logicalLocations"] = [tree.add([where.file or "report", *steps])]
        location["message"] = {"text": str(where)}
    if location:
        result["locations"] = [location]
    properties = {"hint": problem.hint, "part": part, "steps": list(where.steps),
                  "text": where.text}  # fmt: skip
    result["properties"] = {name: value for name, value in properties.items() if value}
    return result


def _region(where: Location) -> Json:
    region: Json = {"startLine": max(1, where.line or 1)}
    column = next((found for step in where.steps if (found := _COLUMN.fullmatch(step))), None)
    if column is not None:
        region["startColumn"] = max(1, int(column[1]))
    return region


def _fingerprint(problem: Problem, where: Location, part: str | None) -> str:
    told = json.dumps([problem.code, where.file, part, where.steps, problem.message])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _rule(code: str) -> Json:
    described = {kind.code: kind.__doc__ for kind in reversed(list(_family(ReportError)))}
    text = " ".join((described.get(code) or code).split("\n\n")[0].split()).replace("``", "")
    return {"id": code, "shortDescription": {"text": text}}


def _family(kind: type[ReportError]) -> Iterator[type[ReportError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _family(child)


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
