"""Every limit is a setting: lowered on its own, it stops something harmless and is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from generator.build.single import DataSource, read_data, render_single
from generator.build.steps import build_report, check_report
from generator.errors import ChoiceError, DefinitionError, ReportError
from generator.extraction.reading import read_article
from generator.model.limits import (
    DEFAULT_LIMITS,
    Limits,
    changed_limits,
    limits_in_force,
    limits_of_report,
    within,
    within_said,
)
from tests.support.packages import docx_bytes, pptx_bytes
from tests.support.projects import DEFINITION, write_project

_LOOP = "{% for i in range(60) %}{{ i }} {% endfor %}"
_CHART = (
    "{{ chart({'kind': 'bar', 'alt': 'a', 'categories': ['north', 'south'],"
    " 'series': [{'name': 's', 'values': [1, 2]}, {'name': 't', 'values': [1, 2]}]}) }}"
)
_RECURSIVE = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(9) }}"
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{}<rect width="9" height="9"/>'
    "</svg>"
)

Case = tuple[float, Callable[[Path], object]]


def _fill(*blocks: str, **context: object) -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / "t.docx").write_bytes(docx_bytes(*blocks))
        return render_single(folder / "t.docx", {"x": 1, **context}, str(folder / "r.docx"),
                             files=folder)  # fmt: skip

    return run


def _isolated(*blocks: str) -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / "t.docx").write_bytes(docx_bytes(*blocks))
        return render_single(folder / "t.docx", {"x": 1}, str(folder / "r.docx"), files=folder,
                             isolate=True)  # fmt: skip

    return run


def _deck(*slides: list[str], **context: object) -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / "t.pptx").write_bytes(pptx_bytes(*slides))
        return render_single(folder / "t.pptx", context or {"x": 1}, str(folder / "r.pptx"),
                             files=folder)  # fmt: skip

    return run


def _read(name: str, text: str) -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / name).write_text(text, encoding="utf-8")
        return read_data([DataSource(folder / name)])

    return run


def _article(text: str) -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / "article.txt").write_text(text, encoding="utf-8")
        return read_article(folder / "article.txt")

    return run


def _picture(folder: Path) -> object:
    Image.new("RGB", (40, 30), "white").save(folder / "p.png")
    return _fill("{{ picture('p.png', alt='a') }}")(folder)


def _vector(inside: str = "") -> Callable[[Path], object]:
    def run(folder: Path) -> object:
        (folder / "p.svg").write_text(_SVG.format(inside))
        return _fill("{{ picture('p.svg', alt='a') }}")(folder)

    return run


def _embedded() -> str:
    from base64 import b64encode

    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, "PNG")
    data = b64encode(buffer.getvalue()).decode()
    return f'<image width="9" height="9" href="data:image/png;base64,{data}"/>'


_BUSY = "{% for i in range(99999) %}{{ i }}{% endfor %}" * 9

CASES: dict[str, Case] = {
    "package_bytes": (1_000, _fill("a")),
    "entries": (5, _fill("a")),
    "xml_part_bytes": (1_000, _fill("a")),
    "other_part_bytes": (10, _fill("a")),
    "total_bytes": (2_000, _fill("a")),
    "ratio": (1, _fill(" ".join(map(str, range(30_000))))),
    "ratio_free_bytes": (1, _fill("a " * 40_000)),
    "elements_per_part": (20, _fill(*("a" for _ in range(30)))),
    "attributes": (3, _fill("a")),
    "relationships_per_part": (1, _fill("a")),
    "tags_per_story": (3, _fill("{{ x }}" * 5)),
    "data_bytes": (10, _read("d.yaml", "a: 1\nb: 2\nc: 3\n")),
    "json_values": (3, _read("d.json", json.dumps({"a": [1, 2, 3, 4, 5]}))),
    "yaml_values": (3, _read("d.yaml", "a: [1, 2, 3, 4, 5]\n")),
    "aliased_values": (3, _read("d.yaml", "a: &a [1, 2, 3]\nb: [*a, *a]\n")),
    "data_depth": (2, _read("d.yaml", "a: [[[[1]]]]\n")),
    "data_rows": (2, _read("d.csv", "a\n1\n2\n3\n")),
    "data_columns": (2, _read("d.csv", "a,b,c\n1,2,3\n")),
    "data_cells": (5, _read("d.csv", "a,b\n1,2\n3,4\n")),
    "render_seconds": (1e-9, _fill("{% for i in range(3000) %}{{ i }}{% endfor %}")),
    "loop_turns": (50, _fill(_LOOP)),
    "call_depth": (5, _fill(_RECURSIVE)),
    "range_items": (50, _fill(_LOOP)),
    "value_characters": (5, _fill("{{ 'ab' * 4 }}")),
    "value_items": (3, _fill("{% set a = [1, 2, 3, 4] %}a")),
    "integer_digits": (5, _fill("{{ 10 ** 9 }}")),
    "made_characters": (15_000, _fill("{{ ('ab' * 6_000) | length }}" * 2)),
    "buffered_characters": (20, _fill("{% macro m() %}some text{% endmacro %}" + "{{ m() }}" * 9)),
    "part_characters": (1_000, _fill("{{ 'abc' * 9 }}", *("a" for _ in range(90)))),
    "output_characters": (1_000, _fill("{{ x }}", _LOOP * 400)),
    "slides": (3, _deck(["{%slide for i in range(9) %}{{ i }}{%slide endfor %}"])),
    "table_rows": (3, _fill("{{ table([[1], [2], [3], [4], [5]]) }}")),
    "slide_table_rows": (1, _deck(["t", "{{ table(rows) }}"], rows=[["a"], [1], [2]])),
    "markdown_characters": (5, _fill("{{ markdown('some *text*') }}")),
    "chart_series": (1, _fill(_CHART)),
    "chart_points": (1, _fill(_CHART)),
    "chart_characters": (3, _fill(_CHART)),
    "article_characters": (20, _article("The zone grew by 5 % in 2024 and by 6 % in 2025.")),
    "article_numbers": (2, _article("The zone grew by 5 % in 2024 and by 6 % in 2025.")),
    "picture_bytes": (10, _picture),
    "picture_pixels": (100, _picture),
    "svg_bytes": (10, _vector()),
    "svg_pixels": (10, _vector(_embedded())),
    "svg_seconds": (1e-3, _vector()),
    "worker_memory": (300_000_000, _isolated(
        "{% set l = namespace(a=[]) %}{% for i in range(900) %}"
        "{% set l.a = l.a + [range(99999) | list] %}{% endfor %}"
    )),
    "worker_seconds": (1e-3, _isolated(_BUSY)),
    "worker_cpu_seconds": (1, _isolated(*(_BUSY for _ in range(40)))),
}  # fmt: skip


def test_every_limit_has_a_case_here_and_a_line_in_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    names = {field.name for field in fields(Limits)}

    assert names == set(CASES)
    assert [name for name in names if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", CASES)
def test_a_lowered_limit_stops_what_the_default_lets_pass_and_is_named(
    name: str, tmp_path: Path
) -> None:
    value, run = CASES[name]
    more = {"made_characters": 10**12, "loop_turns": 10**9, "output_characters": 10**12,
            "part_characters": 10**12} if name.startswith("worker") else {}  # fmt: skip

    with (
        within_said({**more, name: value}),
        pytest.raises(ReportError, match=rf"limits? [a-z_, ]*\b{name}\b"),
    ):
        run(tmp_path)

    if not name.startswith("worker"):
        run(tmp_path)


class TestWhatIsInForce:
    def test_the_defaults_are_unless_something_is_said(self) -> None:
        assert limits_in_force() == DEFAULT_LIMITS

    def test_what_is_said_ends_with_its_block_even_after_an_error(self) -> None:
        found = []

        def failing() -> None:
            with within(Limits(slides=3)):
                found.append(limits_in_force().slides)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            failing()
        assert found == [3]
        assert limits_in_force() == DEFAULT_LIMITS

    def test_the_user_counts_more_than_the_report(self) -> None:
        with within_said({"slides": 7}):
            found = limits_of_report({"slides": 5, "entries": 9})

        assert (found.slides, found.entries) == (7, 9)

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("slide", 3, 'no limit "slide"'),
            ("slides", 0, 'cannot be "0"'),
            ("slides", -1, 'cannot be "-1"'),
            ("slides", 2.5, 'cannot be "2.5"'),
            ("slides", True, 'cannot be "True"'),
            ("slides", 10**20, "cannot be"),
            ("render_seconds", float("nan"), "cannot be"),
            ("chart_points", 40_000, "more than 32,000"),
        ],
    )
    def test_a_change_that_makes_no_sense_is_refused(
        self, name: str, value: float, says: str
    ) -> None:
        with pytest.raises(ChoiceError, match=says):
            changed_limits(DEFAULT_LIMITS, {name: value})


class TestSettings:
    def test_a_report_changes_them(self, tmp_path: Path) -> None:
        definition = write_project(
            tmp_path, _LOOP, definition=DEFINITION + "limits: {loop_turns: 50}\n"
        )

        with pytest.raises(ReportError, match="limit loop_turns"):
            build_report(definition)
        assert any("loop_turns" in problem.message for problem in check_report(definition))
        assert limits_in_force() == DEFAULT_LIMITS

    def test_a_report_with_an_unknown_one_is_told_the_line(self, tmp_path: Path) -> None:
        definition = write_project(tmp_path, definition=DEFINITION + "limits: {loopturns: 50}\n")

        with pytest.raises(DefinitionError) as caught:
            build_report(definition)
        problem = caught.value.problems[0]
        assert 'no limit "loopturns"' in problem.message
        assert "loop_turns" in (problem.hint or "")
        assert problem.where is not None
        assert problem.where.line == DEFINITION.count("\n") + 1

    def test_an_option_and_the_environment_change_them(
        self, tmp_path: Path, cli: Callable[..., object]
    ) -> None:
        (tmp_path / "t.docx").write_bytes(docx_bytes(_LOOP))
        words = ("render", "t.docx", "--set", "x=1", "--out", "r.docx")

        said = cli(*words, "--limit", "loop_turns=50", cwd=tmp_path)
        known = cli(*words, cwd=tmp_path, MAKE_REPORT_LIMITS="loop_turns=50")
        wrong = cli(*words, "--limit", "loop_turns", cwd=tmp_path)
        misspelt = cli(*words, "--limit", "loop_turn=50", cwd=tmp_path)
        fine = cli(*words, "--limit", "loop_turns=70", cwd=tmp_path)

        assert (said.code, known.code, fine.code) == (1, 1, 0)  # type: ignore[attr-defined]
        assert "limit loop_turns" in said.err  # type: ignore[attr-defined]
        assert "limit loop_turns" in known.err  # type: ignore[attr-defined]
        assert (wrong.code, misspelt.code) == (2, 2)  # type: ignore[attr-defined]
        assert "--limit slides=2000" in wrong.err  # type: ignore[attr-defined]
        assert 'did you mean "loop_turns"' in misspelt.err  # type: ignore[attr-defined]
