"""Compiled templates on disk: used when they fit, passed over when they are foreign or damaged."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from generator.build import template_cache
from generator.build.templates import compile_template
from tests.support.packages import docx_bytes

TEMPLATE = docx_bytes("{% for x in rows %}", "Row {{ x | upper }}", "{% endfor %}")
CONTEXT = {"rows": ["a", "b"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache"
    monkeypatch.setenv(template_cache.VARIABLE, str(path))
    return path


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pickle"))


def test_a_kept_template_renders_the_same_bytes_without_a_compile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compile_template(TEMPLATE).render(CONTEXT)
    assert len(_files(folder)) == 1

    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr("generator.engine.compiler.compile_package", fail)
    assert compile_template(TEMPLATE).render(CONTEXT) == first


def test_other_bytes_options_and_versions_are_other_entries(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_template(TEMPLATE)
    compile_template(TEMPLATE, undefined="blank")
    compile_template(TEMPLATE, name="other.docx")
    compile_template(docx_bytes("{{ x }}"))
    assert len(_files(folder)) == 4
    monkeypatch.setattr(template_cache, "program_stamp", lambda: b"later")
    compile_template(TEMPLATE)
    assert len(_files(folder)) == 5


@pytest.mark.parametrize("damage", [b"", b"x" * 100])
def test_a_damaged_entry_is_compiled_again(folder: Path, damage: bytes) -> None:
    first = compile_template(TEMPLATE).render(CONTEXT)
    [file] = _files(folder)
    good = file.read_bytes()
    file.write_bytes(damage)
    assert compile_template(TEMPLATE).render(CONTEXT) == first
    assert len(file.read_bytes()) == len(good)


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("ran",)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
@pytest.mark.parametrize("what", ["file", "folder", "link"])
def test_what_others_could_have_written_is_never_read(
    folder: Path, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    compile_template(TEMPLATE)
    [file] = _files(folder)
    body = pickle.dumps(_Evil())
    import hashlib

    file.write_bytes(hashlib.sha256(body).digest() + body)
    if what == "file":
        file.chmod(0o666)
    elif what == "folder":
        folder.chmod(0o777)
    else:
        other = tmp_path / "elsewhere"
        file.rename(other)
        file.symlink_to(other)
    assert compile_template(TEMPLATE).render(CONTEXT)
    assert not (tmp_path / "ran").exists()


def test_a_template_with_a_local_filter_is_not_kept(folder: Path) -> None:
    compiled = compile_template(docx_bytes("{{ x | mine }}"), filters={"mine": lambda v: f"<{v}>"})
    assert compiled.render({"x": "1"})
    assert _files(folder) == []


def test_no_folder_of_its_own_means_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(template_cache.VARIABLE, "off")
    assert template_cache.cache_folder() is None
    monkeypatch.delenv(template_cache.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert template_cache.cache_folder() is None or sys.platform == "win32"


def test_only_so_many_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_cache, "KEPT", 2)
    for number in range(4):
        compile_template(docx_bytes(f"{number} {{{{ x }}}}"))
    assert len(_files(folder)) == 2


def test_a_render_from_a_kept_template_loads_no_parser_and_no_model_of_definitions(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "t.docx").write_bytes(docx_bytes("Dear {{ name }}"))
    (tmp_path / "d.json").write_text('{"name": "Li"}', encoding="utf-8")
    code = (
        "import sys\n"
        "from generator.app.commands import main\n"
        "words = ['render', 't.docx', '--data', 'd.json', '--out', 'o.docx', '--quiet']\n"
        "assert main(words) == 0\n"
        "costly = {'lxml', 'pydantic', 'yaml', 'rich', 'generator.engine.compiler'}\n"
        "print(sorted(costly & {*sys.modules}))\n"
    )

    env = {**os.environ, "PYTHONPATH": str(Path(template_cache.__file__).parents[2])}
    loaded = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for _ in range(2)
    ]

    assert "'lxml'" in loaded[0]
    assert loaded[1] == "[]"
