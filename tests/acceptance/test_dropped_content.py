"""What was dropped from a template, or from a document that it prints, is told everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from generator.build.single import check_single, render_single
from generator.build.steps import build_report
from tests.support.packages import docx_bytes, open_docx, texts
from tests.support.projects import write_project


def _with_field(document: Document) -> None:
    """Add a field that would fetch another file."""
    xml = (
        f'<w:fldSimple {nsdecls("w")} w:instr="INCLUDETEXT C:/other.docx">'
        "<w:r><w:t>kept text</w:t></w:r></w:fldSimple>"
    )
    document.add_paragraph()._p.append(parse_xml(xml))


def _annex(folder: Path) -> None:
    (folder / "annex.docx").write_bytes(docx_bytes("Annex", edit=_with_field))


@pytest.mark.parametrize("isolate", [False, True])
def test_a_render_tells_what_it_dropped_from_a_printed_document(
    tmp_path: Path, isolate: bool
) -> None:
    _annex(tmp_path)
    (tmp_path / "t.docx").write_bytes(docx_bytes("{{ document('annex.docx') }}"))

    result = render_single(tmp_path / "t.docx", {"x": 1}, str(tmp_path / "r.docx"), files=tmp_path,
                           isolate=isolate)  # fmt: skip

    found = [(p.severity, p.message, str(p.where).split(",")[0]) for p in result.problems]
    assert found == [("warning", "a field INCLUDETEXT was turned into its last text", "annex.docx")]
    assert "INCLUDETEXT" not in open_docx((tmp_path / "r.docx").read_bytes()).element.xml


def test_many_documents_tell_it_once(tmp_path: Path) -> None:
    _annex(tmp_path)
    (tmp_path / "t.docx").write_bytes(docx_bytes("{{ n }}", "{{ document('annex.docx') }}"))

    result = render_single(tmp_path / "t.docx", {"rows": [{"n": 1}, {"n": 2}, {"n": 3}]},
                           str(tmp_path / "{{ n }}.docx"), files=tmp_path, each="rows")  # fmt: skip

    assert len(result.files) == 3
    assert len(result.problems) == 1


def test_a_check_tells_it_too(tmp_path: Path) -> None:
    _annex(tmp_path)
    (tmp_path / "t.docx").write_bytes(docx_bytes("{{ document('annex.docx') }}"))

    problems, _ = check_single(tmp_path / "t.docx", {"x": 1}, files=tmp_path)

    assert [problem.code for problem in problems] == ["active-content"]


def test_the_manifest_lists_what_was_dropped_from_each_document(tmp_path: Path) -> None:
    definition = write_project(tmp_path)
    _annex(tmp_path)
    (tmp_path / "templates" / "note.docx").write_bytes(
        docx_bytes("{{ growth.gdp }}", "{{ document('annex.docx') }}", edit=_with_field)
    )

    result = build_report(definition)

    manifest = json.loads((tmp_path / "output" / "manifest.json").read_text(encoding="utf-8"))
    dropped = {file["file"]: file["dropped"] for file in manifest["files"]}
    what = "a field INCLUDETEXT was turned into its last text"
    assert [(d["what"], d["place"].split(",")[0]) for d in dropped["note-en.docx"]] == [
        (what, "templates/note.docx"),
        (what, "annex.docx"),
    ]
    assert dropped["deck-en.pptx"] == []
    assert len([p for p in result.problems if p.code == "active-content"]) == 2
    assert "kept text" in texts(open_docx((tmp_path / "output" / "note-en.docx").read_bytes()))
