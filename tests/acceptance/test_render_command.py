"""One template from data files on the command line: one document, or one for each row."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import ROOT, Run
from tests.support.packages import (
    docx_bytes,
    open_docx,
    open_pptx,
    part_names,
    pptx_bytes,
    slide_texts,
    texts,
)
from tests.support.soundness import assert_sound

Cli = Callable[..., Run]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a letter template and a table of two people."""
    (tmp_path / "letter.docx").write_bytes(docx_bytes("Dear {{ name }}: {{ amount }}"))
    (tmp_path / "people.csv").write_text("name,amount\nLi Wei,1.10\n王芳,007\n", encoding="utf-8")
    return tmp_path


def paragraphs(path: Path) -> list[str]:
    data = path.read_bytes()
    assert_sound(data)
    return texts(open_docx(data))


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestOneDocument:
    @pytest.mark.parametrize(
        ("file", "content"),
        [
            ("d.yaml", "name: Li\namount: 1.10\n"),
            ("d.yml", 'name: "Li"\namount: "1.10"\n'),
            ("d.json", '{"name": "Li", "amount": 1.10}'),
            ("d.csv", "name;amount\r\nLi;1.10\r\n"),
            ("d.tsv", "name\tamount\nLi\t1.10\n"),
        ],
    )
    def test_every_format_gives_exact_numbers(
        self, cli: Cli, desk: Path, file: str, content: str
    ) -> None:
        (desk / file).write_text(content, encoding="utf-8")

        run = cli("render", "letter.docx", "--data", file, "--out", "new/a.docx", cwd=desk)

        assert run.code == 0, run.err
        assert paragraphs(desk / "new" / "a.docx") == ["Dear Li: 1.10"]

    def test_several_files_and_single_values_come_together(self, cli: Cli, desk: Path) -> None:
        (desk / "t.docx").write_bytes(docx_bytes(
            "{{ title }} {{ year + 1 }} {{ rows | length }} {{ 'draft' if draft else 'final' }}"
        ))  # fmt: skip
        (desk / "t.yaml").write_text("title: Old\n", encoding="utf-8")

        run = cli("render", "t.docx", "--data", "t.yaml", "--data", "people.csv", "--set",
                  "year=2025", "--set", "title=a=b", "--set", "draft=false", "-o", "o.docx",
                  cwd=desk)  # fmt: skip

        assert run.code == 0, run.err
        assert paragraphs(desk / "o.docx") == ["a=b 2026 2 final"]

    def test_lists_of_several_tables_are_named_in_order(self, cli: Cli, desk: Path) -> None:
        (desk / "t.docx").write_bytes(docx_bytes("{{ people | length }} {{ cities[0].city }}"))
        (desk / "cities.csv").write_text("city\nHangzhou\nNingbo\n", encoding="utf-8")

        run = cli("render", "t.docx", "--data", "people.csv", "--data", "cities.csv", "--name",
                  "people", "--name", "cities", "-o", "o.docx", cwd=desk)  # fmt: skip

        assert run.code == 0, run.err
        assert paragraphs(desk / "o.docx") == ["2 Hangzhou"]

    def test_reads_standard_input(self, desk: Path) -> None:
        run = subprocess.run(
            [sys.executable, str(ROOT / "make_report.py"), "render", "letter.docx", "--data", "-",
             "--format", "json", "--out", "o.docx"],
            cwd=desk, input=b'{"name": "Li", "amount": 0.30}', capture_output=True, timeout=60,
        )  # fmt: skip

        assert run.returncode == 0, run.stderr
        assert paragraphs(desk / "o.docx") == ["Dear Li: 0.30"]

    def test_a_deck_with_a_chart_and_a_picture_of_the_data_folder(
        self, cli: Cli, desk: Path
    ) -> None:
        (desk / "deck.pptx").write_bytes(pptx_bytes(
            ["{{ title }}", '{{ picture("logo.png", alt="Logo") }}',
             '{{ chart({"categories": rows | map(attribute="q") | list, "series": '
             '[{"name": "Sales", "values": rows | map(attribute="v") | list}]}) }}']
        ))  # fmt: skip
        (desk / "data").mkdir()
        (desk / "data" / "sales.csv").write_text("q,v\nQ1,1.5\nQ2,3\n", encoding="utf-8")
        Image.new("RGB", (20, 10)).save(desk / "data" / "logo.png")

        run = cli("render", "deck.pptx", "--data", "data/sales.csv", "--set", "title=Year",
                  "-o", "o.pptx", cwd=desk)  # fmt: skip

        assert run.code == 0, run.err
        data = (desk / "o.pptx").read_bytes()
        assert_sound(data)
        slide = open_pptx(data).slides[0]
        assert slide_texts(open_pptx(data))[0] == ["Year"]
        chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
        assert list(chart.plots[0].categories) == ["Q1", "Q2"]
        assert list(chart.plots[0].series[0].values) == [1.5, 3]
        assert any(name.startswith("ppt/media/image") for name in part_names(data))

    def test_pictures_come_from_the_folder_that_is_named(self, cli: Cli, desk: Path) -> None:
        (desk / "t.docx").write_bytes(docx_bytes('{{ picture("logo.png", alt="Logo") }}'))
        (desk / "art").mkdir()
        Image.new("RGB", (20, 10)).save(desk / "art" / "logo.png")

        without = cli("render", "t.docx", "-o", "o.docx", cwd=desk)
        run = cli("render", "t.docx", "--files", "art", "-o", "o.docx", cwd=desk)

        assert (without.code, run.code) == (1, 0)
        assert without.err.startswith(
            'error: t.docx, paragraph 1: picture "logo.png": the picture cannot be read: '
        )
        assert len(open_docx((desk / "o.docx").read_bytes()).inline_shapes) == 1

    def test_blank_lets_unknown_names_print_nothing(self, cli: Cli, desk: Path) -> None:
        words = ("render", "letter.docx", "--set", "name=Li", "-o", "o.docx")

        strict = cli(*words, cwd=desk)
        blank = cli(*words, "--undefined", "blank", cwd=desk)

        assert (strict.code, blank.code) == (1, 0)
        assert strict.err == (
            'error: letter.docx, paragraph 1: no name "amount" in this report\n'
            "text: Dear {{ name }}: {{ amount }}\n"
        )
        assert paragraphs(desk / "o.docx") == ["Dear Li: "]

    def test_an_unchanged_file_is_left_alone(self, cli: Cli, desk: Path) -> None:
        words = ("render", "letter.docx", "--set", "name=Li", "--set", "amount=3", "-o", "o.docx")
        cli(*words, cwd=desk)
        before = (desk / "o.docx").stat().st_mtime_ns

        told = json.loads(cli(*words, "--json", cwd=desk).out)

        assert (desk / "o.docx").stat().st_mtime_ns == before
        data = (desk / "o.docx").read_bytes()
        assert told == {
            "ok": True, "command": "render", "problems": [],
            "files": [{"path": "o.docx", "bytes": len(data), "state": "unchanged",
                       "digest": hashlib.sha256(data).hexdigest()}],
        }  # fmt: skip


class TestOneForEachRow:
    def words(self, *more: str, out: str = "letters/{{ name }}.docx") -> list[str]:
        return ["render", "letter.docx", "--data", "people.csv", "--each", "rows", "-o", out, *more]

    def test_every_row_gives_a_document_of_its_own(self, cli: Cli, desk: Path) -> None:
        run = cli(*self.words(), cwd=desk)

        assert run.code == 0, run.err
        assert run.out.endswith("2 files\n")
        assert paragraphs(desk / "letters" / "Li Wei.docx") == ["Dear Li Wei: 1.10"]
        assert paragraphs(desk / "letters" / "王芳.docx") == ["Dear 王芳: 007"]

    def test_rows_see_the_other_data_and_themselves(self, cli: Cli, desk: Path) -> None:
        (desk / "letter.docx").write_bytes(
            docx_bytes("{{ row.name }} of {{ rows | length }} {{ x }}")
        )
        (desk / "x.yaml").write_text("x: 5\n", encoding="utf-8")

        run = cli(*self.words("--data", "x.yaml"), cwd=desk)

        assert run.code == 0, run.err
        assert paragraphs(desk / "letters" / "王芳.docx") == ["王芳 of 2 5"]

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["a", "A"], '"A.docx" is the name of row 1 already'),
            (["e\u0301", "\u00e9"], '"\u00e9.docx" is the name of row 1 already'),
            (["a", "../b"], "\"../b\" cannot be part of a file name: it holds '/'"),
            (["a", "b\\c"], "\"b\\c\" cannot be part of a file name: it holds '\\\\'"),
            (["a", "COM1"], '"COM1.docx" cannot be written: Windows keeps the name "COM1" for a '
             "device"),
            (["a", "nul.x"], '"nul.x.docx" cannot be written: Windows keeps the name "nul" for a '
             "device"),
            (["a", " "], '" .docx" cannot be written: the name is empty or begins with a full '
             "stop"),
            (["a", " b"], '" b.docx" cannot be written: the name begins or ends with a space or '
             "a full stop"),
            (["a", "王" * 90], f'"{"王" * 90}.docx" cannot be written: the name is longer than '
             "240 bytes"),
        ],
    )  # fmt: skip
    def test_unsafe_and_equal_names_are_refused(
        self, cli: Cli, desk: Path, names: list[str], message: str
    ) -> None:
        rows = "".join(f'"{name}",1\n' for name in names)
        (desk / "people.csv").write_text(f"name,amount\n{rows}", encoding="utf-8")

        run = cli(*self.words(), cwd=desk)

        assert (run.code, run.out) == (1, "")
        assert run.err.splitlines()[0] == f"error: --out, row 2: {message}"
        assert listed(desk) == ["letter.docx", "people.csv"]

    def test_a_name_that_is_two_full_stops_stays_inside(self, cli: Cli, desk: Path) -> None:
        (desk / "people.csv").write_text("name,amount\n..,1\n", encoding="utf-8")

        run = cli(*self.words(out="letters/{{ name }}/a.docx"), cwd=desk)

        assert run.code == 1
        assert "the name is empty or begins with a full stop" in run.err

    def test_a_link_out_of_the_folder_is_refused(self, cli: Cli, desk: Path) -> None:
        (desk / "letters").mkdir()
        (desk / "outside").mkdir()
        (desk / "letters" / "a").symlink_to(desk / "outside")
        (desk / "people.csv").write_text("name,amount\na,1\n", encoding="utf-8")

        run = cli(*self.words(out="letters/{{ name }}/x.docx"), cwd=desk)

        assert run.code == 1
        assert "lies outside of the output folder" in run.err
        assert listed(desk / "outside") == []

    def test_one_wrong_row_leaves_all_earlier_files(self, cli: Cli, desk: Path) -> None:
        (desk / "letter.docx").write_bytes(docx_bytes("{{ name }} {{ 1 / amount }}"))
        (desk / "people.csv").write_text("name,amount\na,1\nb,0\nc,0\n", encoding="utf-8")
        (desk / "letters").mkdir()
        (desk / "letters" / "a.docx").write_bytes(b"earlier")

        run = cli(*self.words(), cwd=desk)

        assert run.code == 1
        assert run.err.startswith(
            'error: letter.docx, paragraph 1: "{{ 1 / amount }}" fails: division by zero '
            "(rows, row 2 and 1 more)\n"
        )
        assert listed(desk / "letters") == ["a.docx"]
        assert (desk / "letters" / "a.docx").read_bytes() == b"earlier"

    def test_an_unknown_list_gets_the_near_one(self, cli: Cli, desk: Path) -> None:
        run = cli("render", "letter.docx", "--data", "people.csv", "--each", "row", "-o",
                  "{{ name }}.docx", cwd=desk)  # fmt: skip

        assert run.code == 1
        assert run.err == (
            'error: --each: the data have no list "row"\nhint: did you mean "rows"?\n'
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            (["--set", "a=1"], 2, "missing option '-o' / '--out' / '--output'"),
            (["-o", "o.pptx"], 1, "o.pptx: a template for .docx cannot give this file"),
            (["-o", "letter.docx", "--set", "name=a", "--set", "amount=1"], 1,
             "letter.docx: the result would overwrite a file that it is made from"),
            (["-o", "o.docx", "--set", "a"], 2, '--set: "a" is not name=value'),
            (["-o", "o.docx", "--set", "a=1", "--set", "a=2"], 2, '--set: "a" is set twice'),
            (["-o", "o.docx", "--data", "-"], 2,
             "--data: standard input has no ending that tells its format"),
            (["-o", "o.docx", "--data", "-", "--data", "-", "--format", "csv"], 2,
             "--data: standard input can be read once only"),
            (["-o", "o.docx", "--data", "people.txt"], 1,
             'people.txt: data files do not end in ".txt"'),
            (["-o", "o.docx", "--data", "peple.csv"], 1, "peple.csv: there is no such file"),
            (["-o", "o.docx", "--data", "people.csv", "--data", "people.csv"], 1,
             'people.csv, line 1: the name "rows" is given a second time; the first stands in '
             "people.csv, line 1"),
            (["-o", "{{ name", "--data", "people.csv"], 1,
             "{{ name: a template for .docx cannot give this file"),
            (["-o", "{{ name.docx", "--data", "people.csv", "--each", "rows"], 2,
             "--out: the name of the result is no valid pattern: "),
            (["-o", "{{ nme }}.docx", "--data", "people.csv", "--each", "rows"], 1,
             '--out, row 1: the name of the result asks for "nme", which is not there'),
            (["-o", "{{ name * 9999999999 }}.docx", "--data", "people.csv", "--each", "rows"], 1,
             '--out, row 1: the name of the result cannot be made: "*" has no place in a file'),
            (["-o", "{{ 'a'.ljust(9999999999) }}.docx"], 1,
             "--out: the name of the result cannot be made: "),
            (["-o", "{{ name | center(9999999999) }}.docx", "--set", "name=a"], 2,
             "--out: the name of the result is no valid pattern: No filter named 'center'"),
            (["-o", "{{ name }}.docx", "--set", "name=a\u202eb"], 1,
             '--out: "a\ufffdb" cannot be part of a file name: it holds \'\\u202e\''),
            (["-o", "o.docx", "--name", "two words"], 2,
             '--name: "two words" is no name that a template could use'),
            (["-o", "o.docx", "--name", "x"], 2,
             '--name: no data file holds a list that could be called "x"'),
            (["-o", "o.docx", "--files", "nowhere"], 1, "nowhere: there is no such folder"),
        ],
    )  # fmt: skip
    def test_tells_place_and_reason_and_writes_nothing(
        self, cli: Cli, desk: Path, words: list[str], code: int, message: str
    ) -> None:
        before = {path.name: path.read_bytes() for path in desk.iterdir()}

        run = cli("render", "letter.docx", *words, cwd=desk)

        assert (run.code, run.out) == (code, "")
        assert run.err.splitlines()[0].startswith(f"error: {message}")
        assert {path.name: path.read_bytes() for path in desk.iterdir()} == before

    def test_all_wrong_data_files_are_told_at_once(self, cli: Cli, desk: Path) -> None:
        (desk / "a.json").write_text("{", encoding="utf-8")
        (desk / "b.csv").write_text("x,y\n1\n", encoding="utf-8")

        run = cli("render", "letter.docx", "--data", "a.json", "--data", "b.csv", "-o", "o.docx",
                  cwd=desk)  # fmt: skip

        assert [line for line in run.err.splitlines() if line.startswith("error")] == [
            "error: a.json, line 1, column 2: this is not valid JSON: expecting property name "
            "enclosed in double quotes",
            'error: b.csv, line 2, column "y": the line has 1 cell, the first line has 2',
        ]

    def test_a_template_under_another_name_is_told(self, cli: Cli, desk: Path) -> None:
        (desk / "letter.docx").rename(desk / "letter.pptx")

        run = cli("render", "letter.pptx", "-o", "o.pptx", cwd=desk)

        assert run.code == 1
        assert run.err.startswith("error: letter.pptx: the file is a .docx under another name\n")
