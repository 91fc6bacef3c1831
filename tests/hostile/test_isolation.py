"""The worker for templates that are not the operator's own: same results, limits that hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator.build.single import render_single
from generator.errors import ReportError, TemplateError
from generator.model.limits import DEFAULT_LIMITS, Limits
from tests.support.packages import docx_bytes

_HUNGRY = (
    "{% set l = namespace(a=[]) %}{% for i in range(900) %}"
    "{% set l.a = l.a + [range(99999) | list] %}{% endfor %}"
)


def _render(
    folder: Path, *blocks: str, limits: Limits = DEFAULT_LIMITS, out: str = "r.docx",
    isolate: bool = True, each: str | None = None, **context: object,
) -> list[bytes]:  # fmt: skip
    template = folder / "t.docx"
    template.write_bytes(docx_bytes(*blocks))
    result = render_single(
        template,
        context,
        str(folder / out),
        files=folder,
        isolate=isolate,
        limits=limits,
        each=each,
    )
    return [file.path.read_bytes() for file in result.files]


def test_gives_the_same_bytes_as_this_process(tmp_path: Path) -> None:
    rows = [{"n": "a"}, {"n": "b"}]

    alone = _render(tmp_path, "{{ n }}", out="1/{{ n }}.docx", each="rows", rows=rows)
    here = _render(tmp_path, "{{ n }}", out="2/{{ n }}.docx", each="rows", rows=rows, isolate=False)

    assert alone == here


def test_an_error_comes_back_with_its_place_and_kind(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match='no name "nothing"') as caught:
        _render(tmp_path, "{{ nothing }}", x=1)
    assert str(caught.value.where).endswith("t.docx, paragraph 1")
    assert not (tmp_path / "r.docx").exists()


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (
            replace(DEFAULT_LIMITS, made_characters=10**12, worker_memory=400_000_000),
            "worker_memory",
        ),
        (replace(DEFAULT_LIMITS, made_characters=10**12, worker_seconds=0.01), "worker_seconds"),
    ],
)
def test_a_limit_that_is_hit_ends_the_worker_and_is_named(
    tmp_path: Path, limits: Limits, says: str
) -> None:
    (tmp_path / "r.docx").write_bytes(b"earlier")
    body = (
        _HUNGRY if says == "worker_memory" else "{% for i in range(99999) %}{{ i }}{% endfor %}" * 9
    )

    with pytest.raises(TemplateError, match=f"limit {says}"):
        _render(tmp_path, body, limits=limits, x=1)

    assert (tmp_path / "r.docx").read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.docx", "t.docx"]


def test_the_command_line_has_the_setting(tmp_path: Path, cli: Callable[..., object]) -> None:
    (tmp_path / "t.docx").write_bytes(docx_bytes("{{ x }}"))

    run = cli("render", "t.docx", "--set", "x=1", "--out", "r.docx", cwd=tmp_path,
              MAKE_REPORT_ISOLATE="1")  # fmt: skip

    assert run.code == 0  # type: ignore[attr-defined] # a Run
    assert (tmp_path / "r.docx").is_file()


def test_a_picture_from_outside_stays_outside(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="inside the project"):
        _render(tmp_path, "{{ picture('../secret.png', alt='a') }}", x=1)
