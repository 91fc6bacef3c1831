"""``pdf:`` in ``report.yaml``: PDF files as outputs of a report, its editions and its runs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.editions.current import build_current
from generator.editions.rebuilding import rebuild_edition
from generator.editions.store import read_editions
from generator.editions.watching import Watch
from generator.errors import DefinitionError, OutputError
from generator.pdf import program
from generator.pdf.converting import is_pdf
from generator.scheduling.engine import steps_of
from generator.scheduling.ledger import Ledger
from generator.scheduling.schedules import read_schedules
from generator.scheduling.service import Service
from generator.scheduling.store import Store
from generator.sources.definition import read_definition
from tests.support.offices import Office, stand_in
from tests.support.projects import DEFINITION, write_project

Cli = Callable[..., Any]
PDF = DEFINITION + "pdf: true\n"
NAMES = ["deck-en.pdf", "note-en.pdf", "note-zh.pdf"]
needs_office = pytest.mark.skipif(
    not any(map(shutil.which, ("soffice", "libreoffice"))), reason="needs LibreOffice"
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return stand_in(tmp_path / "office", monkeypatch)


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice."""
    monkeypatch.setenv(program.VARIABLE, str(tmp_path / "gone"))


def pdfs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.pdf"))


def change(project: Path, old: str = "7.3", new: str = "6.1") -> None:
    """Change a figure that only the deck shows."""
    facts = (project / "data/facts.yaml").read_text(encoding="utf-8")
    (project / "data/facts.yaml").write_text(facts.replace(old, new), encoding="utf-8")


class TestBuilding:
    def test_each_document_has_a_pdf_that_stays_while_the_document_does(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)

        first = build_current(definition)
        second = build_current(definition)

        assert pdfs(tmp_path / "output") == NAMES
        assert [(f.path.name, f.source, f.state) for f in first.files if f.is_pdf] == [
            ("note-zh.pdf", "note-zh.docx", "written"), ("note-en.pdf", "note-en.docx", "written"),
            ("deck-en.pdf", "deck-en.pptx", "written"),
        ]  # fmt: skip
        assert {f.state for f in second.files} == {"unchanged"}
        assert [step.name for step in second.steps] == ["compare with the last build"]
        assert office.printed == 3

    def test_a_change_prints_only_the_documents_that_changed(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        change(tmp_path)

        result = build_current(definition)

        states = {f.path.name: (f.state, f.reasons) for f in result.files if f.is_pdf}
        assert states["deck-en.pdf"] == ("written", ("deck-en.pptx changed",))
        assert states["note-zh.pdf"] == ("unchanged", ())
        assert office.printed == 4

    def test_a_missing_pdf_is_made_again_and_nothing_else(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        (tmp_path / "output/note-en.pdf").unlink()

        result = build_current(definition)

        assert {f.path.name for f in result.files if f.state == "written"} == {"note-en.pdf"}
        assert office.printed == 4

    def test_an_output_may_have_one_or_none_for_itself(self, tmp_path, office):
        text = DEFINITION.replace("deck-en.pptx}", "deck-en.pptx, pdf: true}")
        build_current(write_project(tmp_path / "one", definition=text))
        text = PDF.replace("note-zh.docx}", "note-zh.docx, pdf: false}")
        build_current(write_project(tmp_path / "two", definition=text))
        text = DEFINITION + "pdf: {documents: [note], languages: [zh]}\n"
        build_current(write_project(tmp_path / "three", definition=text))

        assert pdfs(tmp_path / "one/output") == ["deck-en.pdf"]
        assert pdfs(tmp_path / "two/output") == ["deck-en.pdf", "note-en.pdf"]
        assert pdfs(tmp_path / "three/output") == ["note-zh.pdf"]

    def test_a_watch_makes_them_too(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        seen: list[set[str]] = []
        watch = Watch(
            definition, lambda: build_current(definition),
            lambda result: seen.append(
                {f.path.name for f in result.files if f.is_pdf and f.state == "written"}
            ), pytest.fail, sleep=lambda seconds: None,
        )  # fmt: skip

        def saves():
            change(tmp_path)
            yield {tmp_path / "data/facts.yaml"}

        watch.run(saves())

        assert seen == [set(NAMES), {"deck-en.pdf"}]

    def test_an_edited_document_keeps_the_pdf_of_what_was_built(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        deck = tmp_path / "output/deck-en.pptx"
        shutil.copyfile(tmp_path / "output/note-en.docx", deck)
        change(tmp_path)

        result = build_current(definition)

        new = (tmp_path / "output/deck-en (new).pptx").read_bytes()
        assert hashlib.sha256(new).hexdigest() == office.log.read_text().splitlines()[-1]
        assert {f.path.name: f.state for f in result.files}["deck-en.pdf"] == "written"

    def test_an_edited_pdf_is_not_overwritten(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        mine = tmp_path / "output/deck-en.pdf"
        mine.write_bytes(b"%PDF-1.7 signed by hand <</Type/Page>> %%EOF")
        unchanged = build_current(definition)
        change(tmp_path)

        changed = build_current(definition)

        assert {f.path.name: f.state for f in unchanged.files}["deck-en.pdf"] == "edited"
        assert {f.path.name: f.state for f in changed.files}["deck-en.pdf"] == "beside"
        assert b"signed by hand" in mine.read_bytes()
        assert is_pdf(tmp_path / "output/deck-en (new).pdf")

    def test_one_that_cannot_be_printed_leaves_documents_and_no_edition(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF + "history: {}\n")
        build_current(definition)
        office.broken.touch()
        change(tmp_path)

        failed = build_current(definition)
        office.broken.unlink()
        mended = build_current(definition)

        errors = [p for p in failed.problems if p.severity == "error"]
        assert [p.message for p in errors] == ["LibreOffice does not turn it into a PDF"]
        assert errors[0].where is not None
        assert errors[0].where.file == str(tmp_path / "output/deck-en.pptx")
        assert failed.lacks_pdf
        assert failed.edition is None
        assert mended.edition is not None
        assert len(read_editions(tmp_path / "output")) == 2


class TestFaults:
    def test_a_pdf_that_a_program_holds_is_told_and_the_next_build_is_right(
        self, tmp_path, office, monkeypatch
    ):
        definition = write_project(tmp_path, definition=PDF + "history: {}\n")
        build_current(definition)
        old = (tmp_path / "output/deck-en.pdf").read_bytes()
        change(tmp_path)
        replace = Path.replace

        def held(self: Path, target: Path) -> Path:
            if Path(target).name == "deck-en.pdf":
                raise PermissionError(13, "Permission denied")
            return replace(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", held)
            patch.setattr("generator.build.files.sleep", lambda seconds: None)
            failed = build_current(definition)
        still = (tmp_path / "output/deck-en.pdf").read_bytes()
        mended = build_current(definition)

        (error,) = failed.problems
        assert (error.severity, error.message) == (
            "error", "the file cannot be replaced: Permission denied",
        )  # fmt: skip
        assert error.hint == "close it in the program that shows it and build again"
        assert failed.edition is None
        assert still == old
        assert mended.problems == ()
        assert mended.edition is not None
        assert [p.name for p in (tmp_path / "output").rglob("*.part")] == []

    def test_a_full_disk_leaves_the_old_pdf_files(self, tmp_path, office, monkeypatch):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        old = {name: (tmp_path / "output" / name).read_bytes() for name in NAMES}
        change(tmp_path)
        fsync = os.fsync
        seen: list[Path] = []

        def full(handle: int) -> None:
            path = Path(f"/proc/self/fd/{handle}").readlink()
            if ".pdf." in path.name and path.parent.name == "output":
                seen.append(path)
                raise OSError(28, "No space left on device")
            fsync(handle)

        with monkeypatch.context() as patch:
            patch.setattr("generator.build.files.os.fsync", full)
            failed = build_current(definition)
        left = {name: (tmp_path / "output" / name).read_bytes() for name in NAMES}
        mended = build_current(definition)

        assert seen
        assert [p.message for p in failed.problems] == [
            "the file cannot be written: No space left on device"
        ]
        assert failed.lacks_pdf
        assert left == old
        assert mended.problems == ()
        assert (tmp_path / "output/deck-en.pdf").read_bytes() != old["deck-en.pdf"]

    @pytest.mark.parametrize("damage", [None, b"", b'{"version": 1, "outp', b'{"version": 99}'])
    def test_a_state_that_is_lost_makes_all_anew_and_loses_nothing(self, tmp_path, office, damage):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        state = tmp_path / ".cache/outputs.json"
        mine = tmp_path / "output/note-zh.pdf"
        mine.write_bytes(b"%PDF-1.7 signed <</Type/Page>> %%EOF")
        if damage is None:
            state.unlink()
        else:
            state.write_bytes(damage)

        result = build_current(definition)

        states = {f.path.name: f.state for f in result.files if f.is_pdf}
        assert states == {
            "note-zh.pdf": "written", "note-en.pdf": "unchanged", "deck-en.pdf": "unchanged",
        }  # fmt: skip
        kept = [p.read_bytes() for p in (tmp_path / ".cache/replaced").iterdir()]
        assert kept == [b"%PDF-1.7 signed <</Type/Page>> %%EOF"]

    def test_a_clock_that_is_set_makes_no_pdf_again(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition)
        for path in (tmp_path / "output").iterdir():
            os.utime(path, (1, 1) if path.suffix == ".pdf" else (4_000_000_000, 4_000_000_000))

        result = build_current(definition, now=datetime(1999, 1, 1, tzinfo=UTC))

        assert {f.state for f in result.files} == {"unchanged"}
        assert office.printed == 3


class TestWithoutLibreOffice:
    def test_a_build_stops_before_anything_is_written(self, tmp_path, gone):
        definition = write_project(tmp_path, definition=PDF)

        with pytest.raises(OutputError) as raised:
            build_current(definition)

        assert raised.value.message == "there is no such program"
        assert not (tmp_path / "output").exists()

    def test_a_hint_says_how_to_install_it(self, tmp_path, monkeypatch):
        monkeypatch.delenv(program.VARIABLE, raising=False)
        monkeypatch.setattr(program, "_NAMES", ())
        monkeypatch.setattr(program, "_PLACES", ())
        definition = write_project(tmp_path, definition=PDF)

        with pytest.raises(OutputError) as raised:
            build_current(definition)

        assert raised.value.message == (
            "PDF files are laid out by LibreOffice, which is not installed"
        )
        assert str(raised.value.where) == "report.yaml, line 10, pdf"
        assert "install" in (raised.value.hint or "")

    def test_it_is_a_warning_if_the_definition_says_so(self, tmp_path, gone):
        text = DEFINITION + "pdf: {without_libreoffice: warn}\nhistory: {}\n"
        definition = write_project(tmp_path, definition=text)

        result = build_current(definition)

        assert [(p.severity, p.message) for p in result.problems] == [
            ("warning", "no PDF was made: there is no such program")
        ]
        assert [f.name for f in read_editions(tmp_path / "output")[0].files] == [
            "note-zh.docx", "note-en.docx", "deck-en.pptx",
        ]  # fmt: skip

    def test_a_pdf_that_is_no_longer_current_is_told(self, tmp_path, office, monkeypatch):
        text = DEFINITION + "pdf: {without_libreoffice: warn}\n"
        definition = write_project(tmp_path, definition=text)
        build_current(definition)
        monkeypatch.setenv(program.VARIABLE, str(tmp_path / "gone"))
        change(tmp_path)

        result = build_current(definition)

        assert "deck-en.pdf" in result.problems[0].message
        assert "may be of an earlier build" in result.problems[0].message
        assert sorted(f.path.name for f in result.files if f.is_pdf) == [
            "note-en.pdf", "note-zh.pdf",
        ]  # fmt: skip


class TestDefinition:
    def test_two_outputs_with_one_pdf_are_told(self, tmp_path):
        text = PDF.replace("deck-en.pptx}", "note-en.pptx}")
        definition = write_project(tmp_path, definition=text)

        with pytest.raises(DefinitionError) as raised:
            read_definition(definition)

        assert raised.value.message == '"note-en.pdf" would be the PDF of note, en, too'
        assert str(raised.value.where).startswith("report.yaml, line 9")

    def test_an_unknown_document_is_told(self, tmp_path):
        definition = write_project(tmp_path, definition=DEFINITION + "pdf: {documents: [nte]}\n")

        with pytest.raises(DefinitionError) as raised:
            read_definition(definition)

        assert raised.value.message == 'there is no document "nte"'
        assert raised.value.hint == 'did you mean "note"?'


class TestEditions:
    def test_hold_the_pdf_files_and_what_they_were_made_of(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)

        build_current(definition, edition=True)
        again = build_current(definition, edition=True)

        (edition,) = read_editions(tmp_path / "output")
        files = {file.name: file for file in edition.files}
        assert files["deck-en.pdf"].source == "deck-en.pptx"
        assert files["deck-en.pdf"].source_digest == files["deck-en.pptx"].digest
        assert files["deck-en.pptx"].source is None
        assert pdfs(edition.folder) == NAMES
        assert again.edition is None

    def test_keep_a_pdf_as_it_was_made_though_it_was_edited(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition, edition=True)
        (tmp_path / "output/note-en.pdf").write_bytes(b"%PDF signed <</Type/Page>> %%EOF")
        change(tmp_path)

        build_current(definition, edition=True)

        first, second = read_editions(tmp_path / "output")
        assert second.digests["note-en.pdf"] == first.digests["note-en.pdf"]
        data = (second.folder / "note-en.pdf").read_bytes()
        assert hashlib.sha256(data).hexdigest() == first.digests["note-en.pdf"]
        assert office.printed == 4

    def test_are_made_again_with_the_same_bytes_and_mended(self, tmp_path, office):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition, edition=True)
        (edition,) = read_editions(tmp_path / "output")
        (edition.folder / "note-en.pdf").unlink()

        result = rebuild_edition(edition)

        states = {f.path.name: f.state for f in result.files}
        assert states == dict.fromkeys(edition.digests, "same") | {"note-en.pdf": "restored"}
        assert result.problems == ()

    def test_other_bytes_of_a_pdf_are_told_and_not_put_into_the_edition(
        self, tmp_path, office, monkeypatch
    ):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition, edition=True)
        (edition,) = read_editions(tmp_path / "output")
        (tmp_path / "other").mkdir()
        other = Office(tmp_path / "other", varies=True)
        monkeypatch.setenv(program.VARIABLE, str(other.file))

        result = rebuild_edition(edition)

        assert {f.state for f in result.files if f.is_pdf} == {"differs"}
        assert {p.severity for p in result.problems} == {"warning"}
        data = (edition.folder / "note-en.pdf").read_bytes()
        assert hashlib.sha256(data).hexdigest() == edition.digests["note-en.pdf"]

    def test_are_checked_without_their_pdf_where_there_is_no_libreoffice(
        self, tmp_path, office, monkeypatch
    ):
        definition = write_project(tmp_path, definition=PDF)
        build_current(definition, edition=True)
        (edition,) = read_editions(tmp_path / "output")
        monkeypatch.setenv(program.VARIABLE, str(tmp_path / "gone"))

        result = rebuild_edition(edition)

        assert {f.path.name: f.state for f in result.files} == {
            "note-zh.docx": "same", "note-en.docx": "same", "deck-en.pptx": "same",
        }  # fmt: skip
        assert [p.severity for p in result.problems] == ["warning"]


def test_a_target_takes_the_formats_that_it_asks_for(tmp_path: Path, cli: Cli, office) -> None:
    text = PDF + "deliver:\n  readers: {folder: readers, formats: [pdf]}\n  all: {folder: all}\n"
    write_project(tmp_path, definition=text)

    run = cli("--deliver", "--json", cwd=tmp_path)

    assert run.code == 0, run.err
    assert pdfs(tmp_path / "all") == NAMES
    assert len([*(tmp_path / "all").iterdir()]) == 7
    assert {p.name for p in (tmp_path / "readers").iterdir()} == {*NAMES, "edition.json"}
    told = json.loads((tmp_path / "readers/edition.json").read_text())
    assert {file["source"] for file in told["files"]} == {
        "note-zh.docx", "note-en.docx", "deck-en.pptx",
    }  # fmt: skip


def test_delivering_before_there_is_an_edition_says_what_to_do(tmp_path: Path, cli: Cli) -> None:
    write_project(tmp_path, definition=DEFINITION + "deliver: {shelf: {folder: shelf}}\n")

    run = cli("deliver", cwd=tmp_path)

    assert run.code == 2
    assert "no edition of this report is kept yet" in run.err
    assert "hint: keep one with: build --edition (or build --deliver" in run.err


@pytest.mark.parametrize("isolate", [False, True])
def test_a_run_makes_pdf_files_as_a_step_and_the_next_makes_none(
    tmp_path: Path, office: Office, isolate: bool
) -> None:
    began = datetime(2026, 11, 27, tzinfo=UTC)
    text = PDF + "schedule: {every: 1 hour}\ndeliver: {shelf: {folder: shelf, formats: [pdf]}}\n"
    text += "isolate: true\n" if isolate else ""
    definition = write_project(tmp_path / "p", definition=text)
    store = Store(tmp_path / "store")

    def at(hour: int) -> None:
        schedules = read_schedules([definition], store)
        Service(store, "local", schedules, now=lambda: began + timedelta(hours=hour)).run_due()

    at(0)
    at(1)
    printed = office.printed
    at(2)

    ledger = Ledger(store, began)
    runs = ledger.runs(["p"], 10)
    ledger.close()
    assert [run.state for run in runs] == ["done", "done"], [run.reason for run in runs]
    _, steps = steps_of(store, runs)[runs[0].id]
    assert [step.name for step in steps] == [
        "read sources", "build documents", "make PDF files", "build edition", "plan deliveries",
        "deliver shelf", "record",
    ]  # fmt: skip
    assert printed == office.printed == 3
    assert pdfs(tmp_path / "p/shelf") == NAMES
    assert len(read_editions(tmp_path / "p/output")) == 1


def test_a_limited_process_builds_and_this_one_prints(
    tmp_path: Path, cli: Cli, office: Office
) -> None:
    write_project(tmp_path, definition=PDF)

    run = cli("build", "--isolate", "--edition", "--json", cwd=tmp_path)

    said = json.loads(run.out)
    assert run.code == 0, run.err
    assert sorted(Path(path).name for path in said["pdf"]) == NAMES
    (edition,) = read_editions(tmp_path / "output")
    assert pdfs(edition.folder) == NAMES


@needs_office
def test_libreoffice_prints_the_same_document_to_the_same_bytes(tmp_path: Path) -> None:
    definition = write_project(tmp_path, "{{ growth.gdp }}", definition=PDF + "languages: [en]\n")
    build_current(definition, edition=True)
    first = {name: (tmp_path / "output" / name).read_bytes() for name in pdfs(tmp_path / "output")}
    for name in first:
        (tmp_path / "output" / name).unlink()

    build_current(definition)
    (edition,) = read_editions(tmp_path / "output")
    rebuilt = rebuild_edition(edition)

    assert set(first) == {"deck-en.pdf", "note-en.pdf"}
    assert all(is_pdf(tmp_path / "output" / name) for name in first)
    assert first == {n: (tmp_path / "output" / n).read_bytes() for n in first}
    assert {f.state for f in rebuilt.files} == {"same"}
