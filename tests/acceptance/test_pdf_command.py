"""``--pdf``, as a user gives it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.pdf.converting import is_pdf
from tests.support.batches import names, write_batch
from tests.support.packages import docx_bytes

Cli = Callable[..., Any]
needs_office = pytest.mark.skipif(
    not any(map(shutil.which, ("soffice", "libreoffice"))), reason="needs LibreOffice"
)


@needs_office
def test_a_batch_makes_pdf_files_and_resume_keeps_them(tmp_path: Path, cli: Cli) -> None:
    write_batch(tmp_path, names(3))
    words = ["batch", "letter.docx", "--over", "rows.csv", "-o", "out/{no}.docx", "--pdf", "--json"]

    first = json.loads(cli(*words, cwd=tmp_path).out)
    (tmp_path / "out/1.pdf").unlink()
    again = json.loads(cli(*words, "--resume", cwd=tmp_path).out)

    assert first["counts"] == {"made": 3, "pdf": 3}
    assert again["counts"] == {"kept": 3, "pdf": 1}
    assert all(is_pdf(tmp_path / f"out/{n}.pdf") for n in range(3))


@needs_office
def test_a_render_makes_a_pdf_beside_its_document(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.docx").write_bytes(docx_bytes("{{ x }}"))

    run = cli("render", "a.docx", "--set", "x=1", "-o", "b.docx", "--pdf", "--json", cwd=tmp_path)

    assert run.code == 0
    assert json.loads(run.out)["pdf"] == ["b.pdf"]
    assert is_pdf(tmp_path / "b.pdf")


def test_a_missing_program_is_told_before_anything_is_made(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "a.docx").write_bytes(docx_bytes("x"))

    run = cli("render", "a.docx", "-o", "b.docx", "--pdf", cwd=tmp_path,
              MAKE_REPORT_SOFFICE=str(tmp_path / "gone"))  # fmt: skip

    assert run.code == 1
    assert "there is no such program" in run.err
    assert not (tmp_path / "b.docx").exists()
