"""Only what is not current is built, and what a person made is never lost."""

from __future__ import annotations

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from generator.build.steps import build_report
from generator.editions.current import build_current
from generator.editions.state import State, locked, read_state, state_file, write_state
from generator.errors import OutputError
from tests.support.packages import docx_bytes, open_docx, pptx_bytes, texts
from tests.support.projects import DEFINITION, FACTS, write_project

NOW = datetime.datetime(2026, 11, 23, 9, 15, tzinfo=datetime.UTC)


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """A project of two notes and a deck, built once."""
    path = write_project(tmp_path)
    build_current(path, now=NOW)
    return path


def states(result):
    return {file.path.name: file.state for file in result.files}


def reasons(result):
    return {file.path.name: file.reasons for file in result.files if file.reasons}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


UNCHANGED = {"note-zh.docx": "unchanged", "note-en.docx": "unchanged", "deck-en.pptx": "unchanged"}


class TestWhatIsBuilt:
    def test_nothing_is_read_when_nothing_has_changed(self, definition, monkeypatch):
        monkeypatch.setattr("generator.build.steps.build_report", None)  # would fail if called

        result = build_current(definition)

        assert states(result) == UNCHANGED
        assert reasons(result) == {}
        assert [step.name for step in result.steps] == ["compare with the last build"]

    def test_a_changed_figure_rebuilds_the_files_that_show_it_and_is_told(self, tmp_path):
        definition = write_project(tmp_path)
        (tmp_path / "templates/deck.pptx").write_bytes(pptx_bytes(["{{ growth.rate }}"]))
        build_current(definition)
        change(definition.parent / "data/facts.yaml", "2000", "2100")

        result = build_current(definition)

        assert states(result) == {
            "note-zh.docx": "written", "note-en.docx": "written", "deck-en.pptx": "unchanged",
        }  # fmt: skip
        told = ("growth.gdp over 2000 -> over 2100",)
        assert reasons(result) == {"note-zh.docx": told, "note-en.docx": told}

    def test_a_comment_in_the_data_rebuilds_nothing_and_is_learned(self, definition, monkeypatch):
        change(definition.parent / "data/facts.yaml", "groups:", "# a comment\ngroups:")

        assert reasons(build_current(definition)) == {}
        monkeypatch.setattr("generator.build.steps.build_report", None)
        assert states(build_current(definition)) == UNCHANGED

    def test_a_changed_template_rebuilds_its_files(self, definition):
        (definition.parent / "templates/note.docx").write_bytes(docx_bytes("{{ growth.rate }}"))

        result = build_current(definition)

        told = ("templates/note.docx changed",)
        assert reasons(result) == {"note-zh.docx": told, "note-en.docx": told}
        assert texts(open_docx(result.files[1].path.read_bytes())) == ["7.3 percent"]

    def test_a_document_that_a_template_includes_is_an_input(self, tmp_path):
        definition = write_project(tmp_path, "{{ document('annex.docx') }}")
        (tmp_path / "annex.docx").write_bytes(docx_bytes("first"))
        build_current(definition)
        (tmp_path / "annex.docx").write_bytes(docx_bytes("second"))

        result = build_current(definition)

        assert reasons(result)["note-en.docx"] == ("annex.docx changed",)
        assert "second" in texts(open_docx(result.files[0].path.read_bytes()))

    def test_another_title_is_told_as_the_entry_that_changed(self, definition):
        change(definition, "某区简报", "某区快报")

        assert set(reasons(build_current(definition)).values()) == {
            ("title in the definition changed",)
        }

    def test_a_chart_rebuilds_only_the_files_that_show_it(self, tmp_path):
        charts = (
            "charts:\n"
            "  one: {kind: bar, facts: [growth.rate], title: {zh: 增速, en: Rate}}\n"
            "  two: {kind: bar, facts: [growth.rate], title: {zh: 其他, en: Other}}\n"
        )
        definition = write_project(tmp_path, "{{ chart('one') }}", definition=DEFINITION + charts)
        build_current(definition)

        change(definition, "en: Other", "en: Another")
        assert reasons(build_current(definition)) == {}
        change(definition, "en: Rate", "en: The rate")
        told = ("charts.one in the definition changed",)
        assert reasons(build_current(definition)) == {"note-zh.docx": told, "note-en.docx": told}

    def test_a_missing_output_is_built_again(self, definition):
        (definition.parent / "output/deck-en.pptx").unlink()

        assert reasons(build_current(definition)) == {"deck-en.pptx": ("the output is missing",)}

    def test_another_version_of_the_program_rebuilds_all(self, definition, monkeypatch):
        monkeypatch.setattr("generator.editions.current.program_version", lambda: "another")

        result = build_current(definition)

        assert set(reasons(result).values()) == {("the program changed",)}
        assert states(result) == UNCHANGED  # the same bytes: no file is touched

    @pytest.mark.parametrize(
        "damage",
        [b"", b"{", b'{"version": 99, "outputs": {}, "plans": {}}', b"[]",
         b'{"version": 1, "outputs": {"x": {"inputs": 1}}, "plans": {}}'],
    )  # fmt: skip
    def test_a_state_that_is_damaged_or_newer_counts_as_none(self, definition, damage):
        state_file(definition.parent).write_bytes(damage)

        result = build_current(definition)

        assert states(result) == UNCHANGED
        assert set(reasons(result).values()) == {("not built before",)}
        assert result.problems == ()

    def test_parts_of_a_report_are_built_and_remembered_for_themselves(self, tmp_path):
        definition = write_project(tmp_path)
        build_current(definition, languages=["zh"])

        assert states(build_current(definition)) == UNCHANGED | {
            "note-en.docx": "written", "deck-en.pptx": "written",
        }  # fmt: skip
        assert states(build_current(definition, documents=["deck"])) == {
            "deck-en.pptx": "unchanged"
        }

    def test_warnings_of_a_template_are_told_again_though_nothing_is_built(self, tmp_path):
        definition = write_project(tmp_path)
        first = build_current(definition)
        state = read_state(tmp_path)
        for record in state.outputs.values():
            record.warnings = [{"message": "m", "where": None, "hint": None,
                                "severity": "warning", "code": "template"}]  # fmt: skip
        write_state(tmp_path, state)

        assert first.problems == ()
        assert [p.message for p in build_current(definition).problems] == ["m"]

    def test_cached_equals_clean(self, definition, tmp_path):
        change(definition.parent / "data/facts.yaml", "7.3", "7.9")
        build_current(definition)

        clean = build_report(definition, output=tmp_path / "clean")

        for file in clean.files:
            assert (tmp_path / "output" / file.path.name).read_bytes() == file.path.read_bytes()

    def test_an_input_that_changes_while_it_builds_is_built_next_time(
        self, definition, monkeypatch
    ):
        from generator.build import steps

        data = definition.parent / "data/facts.yaml"
        change(data, "7.3", "7.4")
        render = steps._Work.fill

        def changing(*args):
            change(data, "7.4", "7.5")
            return render(*args)

        monkeypatch.setattr(steps._Work, "fill", changing)
        build_current(definition)
        monkeypatch.setattr(steps._Work, "fill", render)

        assert reasons(build_current(definition)) == {"deck-en.pptx": ("growth.rate 7.4 -> 7.5",)}


class TestEditedOutputs:
    def edit(self, definition: Path, name: str = "note-en.docx") -> bytes:
        data = docx_bytes("edited by hand")
        (definition.parent / "output" / name).write_bytes(data)
        return data

    def test_the_new_one_is_written_beside_an_edited_one(self, definition):
        edited = self.edit(definition)
        change(definition.parent / "data/facts.yaml", "2000", "2100")

        result = build_current(definition)

        output = definition.parent / "output"
        assert states(result)["note-en.docx"] == "beside"
        assert (output / "note-en.docx").read_bytes() == edited
        assert "210" in texts(open_docx((output / "note-en (new).docx").read_bytes()))[0]
        problem = next(p for p in result.problems if p.code == "edited")
        assert problem.severity == "warning"
        assert '"note-en (new).docx"' in problem.message

    def test_the_one_beside_is_brought_up_to_date_unless_it_was_edited_too(self, definition):
        self.edit(definition)
        output = definition.parent / "output"
        for old, new in (("2000", "2100"), ("2100", "2200")):
            change(definition.parent / "data/facts.yaml", old, new)
            build_current(definition)
        assert "220" in texts(open_docx((output / "note-en (new).docx").read_bytes()))[0]

        mine = self.edit(definition, "note-en (new).docx")
        change(definition.parent / "data/facts.yaml", "2200", "2300")
        build_current(definition)

        assert (output / "note-en (new).docx").read_bytes() == mine
        assert "230" in texts(open_docx((output / "note-en (new 2).docx").read_bytes()))[0]

    def test_an_edited_one_whose_inputs_are_the_same_is_left_alone_and_told(self, definition):
        edited = self.edit(definition)

        result = build_current(definition)

        assert states(result) == UNCHANGED | {"note-en.docx": "edited"}
        assert [(p.severity, p.code) for p in result.problems] == [("info", "edited")]
        assert (definition.parent / "output/note-en.docx").read_bytes() == edited

    def test_force_replaces_an_edited_one_and_keeps_it(self, definition):
        built = (definition.parent / "output/note-en.docx").read_bytes()
        edited = self.edit(definition)

        result = build_current(definition, force=True, now=NOW)

        output = definition.parent / "output"
        assert (output / "note-en.docx").read_bytes() == built
        assert (output / "note-en (edited 2026-11-23 0915).docx").read_bytes() == edited
        assert reasons(result) == {"note-en.docx": ("edited by hand",)}
        assert states(build_current(definition)) == UNCHANGED

    def test_a_file_of_which_nothing_is_known_is_replaced_and_kept_aside(self, tmp_path):
        definition = write_project(tmp_path)
        (tmp_path / "output").mkdir()
        (tmp_path / "output/note-en.docx").write_bytes(b"who knows")

        result = build_current(definition, now=NOW)

        kept = tmp_path / ".cache/replaced/2026-11-23 091500 note-en.docx"
        assert kept.read_bytes() == b"who knows"
        assert states(result)["note-en.docx"] == "written"
        assert [p.code for p in result.problems] == ["replaced"]
        names = {p.name for p in (tmp_path / "output").iterdir()}
        assert names == {*UNCHANGED, "manifest.json"}

    def test_it_is_kept_beside_where_the_project_cannot_be_written(self, tmp_path):
        definition = write_project(tmp_path)
        (tmp_path / ".cache").write_text("a file in the way")
        (tmp_path / "output").mkdir()
        (tmp_path / "output/note-en.docx").write_bytes(b"who knows")

        result = build_current(definition, now=NOW)

        kept = tmp_path / "output/note-en (before 2026-11-23 0915).docx"
        assert kept.read_bytes() == b"who knows"
        assert states(result)["note-en.docx"] == "written"
        assert set(states(build_current(definition)).values()) == {"unchanged"}


class TestTwoBuildsAtOnce:
    def test_the_second_waits_for_the_first(self, tmp_path):
        definition = write_project(tmp_path)
        with locked(tmp_path):
            second = ThreadPoolExecutor(1).submit(build_current, definition)
            sleep(0.3)
            assert not second.done()

        assert set(states(second.result(20)).values()) == {"written"}

    def test_but_not_for_ever(self, tmp_path, monkeypatch):
        monkeypatch.setattr("generator.editions.state._PATIENCE", 0.1)
        definition = write_project(tmp_path)

        with locked(tmp_path), pytest.raises(OutputError) as raised:
            build_current(definition)

        assert raised.value.message == "another build of this report is at work"
        assert raised.value.hint == "wait until it is done, then build again"
        assert not (tmp_path / "output").exists()


class TestState:
    def test_comes_back_as_it_was_written(self, definition):
        state = read_state(definition.parent)

        write_state(definition.parent, state)

        assert read_state(definition.parent) == state
        assert state != State()

    def test_holds_no_absolute_paths_of_inputs(self, definition):
        kept = json.loads(state_file(definition.parent).read_bytes())

        assert kept["outputs"]["output/note-en.docx"]["inputs"].keys() == {
            "report.yaml", "data/facts.yaml", "templates/note.docx",
        }  # fmt: skip

    def test_a_definition_that_is_wrong_leaves_it_alone(self, definition):
        before = state_file(definition.parent).read_bytes()
        definition.write_text(DEFINITION.replace("title", "titel"), encoding="utf-8")

        with pytest.raises(Exception, match="titel"):
            build_current(definition)

        assert state_file(definition.parent).read_bytes() == before
        assert "growth" in FACTS


class TestFirstBuilds:
    """Nothing is known of the inputs before the first build: they are looked at all the same."""

    @pytest.mark.parametrize("name", ["data/facts.yaml", "templates/note.docx"])
    def test_an_input_that_changes_while_it_is_first_built_is_built_next_time(
        self, tmp_path, monkeypatch, name
    ):
        from generator.build import steps

        definition = write_project(tmp_path)
        path = tmp_path / name
        later = {
            "data/facts.yaml": path.read_bytes().replace(b"2000", b"2100"),
            "templates/note.docx": docx_bytes("{{ growth.gdp }} anew"),
        }[name]
        compile_all = steps._compile_all

        def saving(*given):
            found = compile_all(*given)
            path.write_bytes(later)
            return found

        with monkeypatch.context() as patch:
            patch.setattr(steps, "_compile_all", saving)
            build_current(definition)
        build_current(definition)

        build_report(definition, output=tmp_path / "clean")
        for path in (tmp_path / "clean").glob("*.*x"):
            assert (tmp_path / "output" / path.name).read_bytes() == path.read_bytes()
