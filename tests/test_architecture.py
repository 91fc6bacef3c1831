"""The house keeps its shape: who may import whom, what loads late, who touches the world."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "generator"

#: Room -> the rooms that it may import besides itself.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "model": {"errors"},
    "office": {"errors", "model"},
    "sources": {"errors", "model", "office"},
    "engine": {"errors", "model", "office"},
    "charts": {"errors", "model", "office"},
    "build": {"errors", "model", "office", "sources", "engine", "charts"},
    "docxtpl": {"errors", "model", "office", "engine", "build"},
    "editions": {"errors", "model", "sources", "build", "pdf"},
    "batch": {"errors", "model", "sources", "build"},
    "extraction": {"errors", "model", "office", "sources"},
    "pdf": {"errors", "model", "office"},
    "delivery": {"errors", "model", "sources", "build", "editions"},
    "scheduling": {"errors", "model", "sources", "build", "editions", "delivery", "pdf"},
    "app": {
        "errors", "model", "build", "editions", "batch", "extraction", "pdf", "delivery",
        "scheduling",
    },
}  # fmt: skip
#: Rooms that may touch files, network and clock.
WORLDLY = {
    "sources", "build", "docxtpl", "editions", "batch", "extraction", "pdf", "delivery",
    "scheduling", "app",
}  # fmt: skip
#: Costly libraries, imported only inside the functions that need them.
LATE = {
    "matplotlib", "rich", "docx", "pptx", "watchfiles", "babel", "sqlalchemy", "psycopg", "pymysql",
    "duckdb", "dbos", "cronsim", "distributed", "fsspec", "apprise", "pypdf", "smtplib",
}  # fmt: skip
#: Modules that reach files, network or clock. (``datetime`` is full of plain values; see DEEDS.)
WORLD = {
    "os", "pathlib", "shutil", "tempfile", "glob", "socket", "http", "urllib", "requests",
    "httpx", "sqlite3", "subprocess", "time",
}  # fmt: skip
PLAIN = {"urllib.parse"}
#: Files that hold paths as values without following them.
VALUES_ONLY: dict[str, set[str]] = {"model/report.py": {"pathlib"}}
#: Calls that reach out, whatever they are called on.
DEEDS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "urlopen",
    "today", "now", "utcnow", "iterdir", "touch", "rename", "exists",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if path != HOUSE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(tree: ast.AST, path: Path) -> Iterator[tuple[str, int]]:
    """Yield each imported module with its line, imports for type checkers included."""
    package = ["generator", *path.relative_to(HOUSE).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, node.lineno
            if module == "generator":
                for name in node.names:
                    yield f"generator.{name.name}", node.lineno


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def at_import_time(tree: ast.Module) -> ast.Module:
    """Return what runs when a module is imported: no function bodies, no TYPE_CHECKING blocks."""
    kept: list[ast.stmt] = []
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        for block in ("body", "orelse", "finalbody"):
            waiting += getattr(node, block, [])
        for handler in getattr(node, "handlers", []):
            waiting += handler.body
        if isinstance(node, ast.Import | ast.ImportFrom):
            kept.append(node)
    return ast.Module(kept, [])


def named(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


@pytest.mark.parametrize("path", modules(), ids=named)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(path)

    wrong = [
        f"{named(path)}:{line} imports {module}"
        for module, line in imports(parse(path), path)
        if module.startswith("generator.")
        and module.split(".")[1] not in {room, *ALLOWED[room]}
        and not _is_own_name(module)
    ]

    assert wrong == []


def _is_own_name(module: str) -> bool:
    """``from generator import compile_template`` names no room."""
    return module.split(".")[1] not in ALLOWED


def test_every_room_stands_in_the_table() -> None:
    rooms = {room_of(path) for path in modules()}

    assert rooms <= set(ALLOWED)


@pytest.mark.parametrize("path", modules(), ids=named)
def test_costly_libraries_are_imported_where_they_are_used(path: Path) -> None:
    early = [
        f"{named(path)}:{line} imports {module} when it is loaded"
        for module, line in imports(at_import_time(parse(path)), path)
        if module.split(".")[0] in LATE
    ]

    assert early == []


@pytest.mark.parametrize(
    "path", [path for path in modules() if room_of(path) not in WORLDLY], ids=named
)
def test_only_sources_build_and_app_touch_files_network_and_clock(path: Path) -> None:
    tree = parse(path)
    may = VALUES_ONLY.get(named(path), set())

    found = [
        f"{named(path)}:{line} imports {module}"
        for module, line in imports(tree, path)
        if module.split(".")[0] in WORLD - may and module not in PLAIN
    ]
    found += [
        f"{named(path)}:{node.lineno} calls {name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (name := _called(node)) in DEEDS
    ]

    assert found == []


def _called(node: ast.Call) -> str:
    target = node.func
    if isinstance(target, ast.Name):
        return target.id if target.id == "open" else ""
    return target.attr if isinstance(target, ast.Attribute) else ""


def test_help_loads_no_library_that_only_a_build_needs() -> None:
    program = (
        "import sys; sys.argv = ['make_report.py', '--help']\n"
        "from generator.app.commands import main; main()\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded = set(ast.literal_eval(run.stderr))
    assert not loaded & {"matplotlib", "docx", "pptx", "lxml", "jinja2", "pydantic", "rich", "yaml"}


def test_rendering_a_single_template_loads_no_validation_and_no_charts():
    modules = (
        "generator.build.single", "generator.build.context", "generator.build.inserts",
        "generator.build.templates", "generator.sources.records", "generator.engine.assembly",
    )  # fmt: skip
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"pydantic", "generator.model.chart", "urllib.request"} & set(loaded)
