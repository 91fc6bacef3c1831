"""Charts, diagrams and pictures as templates call them, and the store of drawn pictures."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from generator.build.inserts import PictureStore, make_inserts
from generator.build.views import build_views
from generator.charts.picture import Picture
from generator.errors import ChartError, NotAPackageError, TemplateError
from generator.model.insert import (
    ChartDrawing,
    Format,
    Insert,
    PictureDrawing,
    Place,
    ShapesDrawing,
)
from generator.model.length import Length
from generator.model.theme import Theme
from generator.sources.definition import read_definition
from generator.sources.facts import read_facts
from tests.support.packages import docx_bytes, open_docx, render, texts

ROOT = Path(__file__).resolve().parents[3]


def place(format: Format, width: float = 16, height: float | None = None) -> Place:
    return Place(format, Length.cm(width), None if height is None else Length.cm(height), Theme())


@pytest.fixture
def functions(tmp_path: Path) -> dict[str, Callable[..., Insert]]:
    """The functions of the shipped report in English, with a store of their own."""
    report = read_definition(ROOT / "report.yaml")
    views = build_views(read_facts(report.data, report.folder), "en")
    return make_inserts(report, views, "en", PictureStore(tmp_path))


class TestNames:
    @pytest.mark.parametrize(
        ("function", "wrong", "right"),
        [("chart", "growht", "growth"), ("diagram", "chian", "chain")],
    )
    def test_an_unknown_one_is_answered_with_the_nearest(
        self, functions: dict[str, Callable[..., Insert]], function: str, wrong: str, right: str
    ) -> None:
        with pytest.raises(ChartError) as caught:
            functions[function](wrong)

        assert caught.value.message == f'report.yaml has no {function} "{wrong}"'
        assert caught.value.hint == f'did you mean "{right}"?'


class TestForms:
    def test_a_chart_is_native_in_both_formats(
        self, functions: dict[str, Callable[..., Insert]]
    ) -> None:
        drawings = [functions["chart"]("growth").draw(place(f)) for f in ("docx", "pptx")]  # type: ignore[arg-type]

        assert all(isinstance(drawing, ChartDrawing) for drawing in drawings)

    def test_a_diagram_is_shapes_on_a_slide_and_a_picture_in_word(
        self, functions: dict[str, Callable[..., Insert]]
    ) -> None:
        chain = functions["diagram"]("chain")

        assert isinstance(chain.draw(place("pptx", 30.9, 9.6)), ShapesDrawing)
        picture = chain.draw(place("docx"))
        assert isinstance(picture, PictureDrawing)
        assert picture.svg is not None
        assert picture.width == Length.cm(16)


class TestFiles:
    @pytest.fixture
    def picture(self, tmp_path: Path) -> Callable[..., Insert]:
        """The function for a report whose folder holds one picture of 200 x 100 pixels."""
        from dataclasses import replace

        Image.new("RGB", (200, 100), "navy").save(tmp_path / "logo.png")
        report = replace(read_definition(ROOT / "report.yaml"), folder=tmp_path)
        return make_inserts(report, {}, "en", PictureStore(None))["picture"]

    def test_keep_their_proportions(self, picture: Callable[..., Insert]) -> None:
        drawing = picture("logo.png", width="4 cm", alt="our sign").draw(place("docx"))

        assert (drawing.width, drawing.height) == (Length.cm(4), Length.cm(2))
        assert drawing.alt_text == "our sign"

    def test_are_never_wider_than_their_place(self, picture: Callable[..., Insert]) -> None:
        drawing = picture("logo.png", alt="our sign").draw(place("docx", width=2))

        assert (drawing.width, drawing.height) == (Length.cm(2), Length.cm(1))

    @pytest.mark.parametrize(
        ("path", "options", "message"),
        [
            ("../logo.png", {"alt": "x"}, "a picture must lie inside the project"),
            ("none.png", {"alt": "x"}, "the picture cannot be read: No such file or directory"),
            ("logo.png", {}, "the picture has no alternative text"),
            ("logo.png", {"alt": "x", "width": "wide"},
             '"wide" is not a length; write a number and cm, mm, in, pt or px'),
        ],
    )  # fmt: skip
    def test_are_refused(
        self, picture: Callable[..., Insert], path: str, options: dict[str, str], message: str
    ) -> None:
        with pytest.raises(ChartError) as caught:
            picture(path, **options)

        assert caught.value.message.endswith(message)


class TestDocuments:
    @pytest.fixture
    def document(self, tmp_path: Path) -> Callable[..., object]:
        """The function for a report whose folder holds one document of one paragraph."""
        from dataclasses import replace

        (tmp_path / "annex.docx").write_bytes(docx_bytes("From the annex"))
        report = replace(read_definition(ROOT / "report.yaml"), folder=tmp_path)
        return make_inserts(report, {}, "en", PictureStore(None))["document"]

    def test_stand_in_the_place_of_their_tag(self, document: Callable[..., object]) -> None:
        template = docx_bytes("Before", '{{ document("annex.docx") }}', "After")

        result = render(template, {"document": document})

        assert texts(open_docx(result)) == ["Before", "From the annex", "After"]

    def test_are_read_once(self, document: Callable[..., object]) -> None:
        assert document("annex.docx") is document("annex.docx")
        assert document("annex.docx", keep_sections=True) is not document("annex.docx")

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("../annex.docx", "a document must lie inside the project"),
            ("none.docx", "the document cannot be read: No such file or directory"),
        ],
    )
    def test_are_refused(self, document: Callable[..., object], path: str, message: str) -> None:
        with pytest.raises(TemplateError) as caught:
            document(path)

        assert caught.value.message == f'document "{path}": {message}'
        assert caught.value.where is None  # it is told at the tag

    def test_a_fault_in_one_is_told_with_its_name(
        self, document: Callable[..., object], tmp_path: Path
    ) -> None:
        (tmp_path / "old.docx").write_bytes(b"no zip")

        with pytest.raises(NotAPackageError) as caught:
            render(docx_bytes('{{ document("old.docx") }}'), {"document": document})

        assert str(caught.value.where) == "old.docx"


class TestTheStore:
    def drawn(self, store: PictureStore, content: str = "a") -> tuple[tuple[bytes, bytes], int]:
        """Return what the store gives, and how often it had to draw."""
        calls: list[int] = []

        def draw() -> Picture:
            calls.append(1)
            return Picture(b"<svg/>", b"png")

        return store.get(content, draw), len(calls)

    def test_draws_a_picture_once(self, tmp_path: Path) -> None:
        assert self.drawn(PictureStore(tmp_path)) == ((b"<svg/>", b"png"), 1)
        assert self.drawn(PictureStore(tmp_path)) == ((b"<svg/>", b"png"), 0)

    def test_draws_other_content_anew(self, tmp_path: Path) -> None:
        self.drawn(PictureStore(tmp_path))

        assert self.drawn(PictureStore(tmp_path), "b")[1] == 1

    def test_draws_a_damaged_entry_again(self, tmp_path: Path) -> None:
        self.drawn(PictureStore(tmp_path))
        (entry,) = tmp_path.iterdir()
        entry.write_bytes(entry.read_bytes()[:-1])

        assert self.drawn(PictureStore(tmp_path)) == ((b"<svg/>", b"png"), 1)

    def test_leaves_no_file_half_written(self, tmp_path: Path) -> None:
        self.drawn(PictureStore(tmp_path))

        assert len(list(tmp_path.iterdir())) == 1

    def test_works_without_a_folder_and_in_one_that_cannot_be_written(self, tmp_path: Path) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("not a folder")

        assert self.drawn(PictureStore(None))[1] == 1
        assert self.drawn(PictureStore(blocked))[1] == 1

    def test_real_pictures_come_back_as_they_were(
        self, functions: dict[str, Callable[..., Insert]]
    ) -> None:
        first, second = (functions["diagram"]("timeline").draw(place("docx")) for _ in range(2))

        assert first == second
        assert isinstance(first, PictureDrawing)
        Image.open(BytesIO(first.image.blob)).verify()
