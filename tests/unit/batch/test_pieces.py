"""Small parts of a batch: the zip, digests, what is sent to processes, lines of progress."""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.app.batch_progress import duration, line_of
from generator.batch import zip_stream
from generator.batch.orders import Progress
from generator.batch.work import PrefixDigest
from generator.batch.zip_stream import ZipStream
from generator.build.context import FILTERS
from generator.build.packing import Later, packed_template
from generator.build.templates import compile_template
from tests.support.batches import text_of
from tests.support.packages import docx_bytes


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    archive = ZipStream(stream)
    for name, data in files.items():
        archive.add(name, data)
    archive.close()
    return stream.getvalue()


@given(st.dictionaries(st.text("ab/ü县", min_size=1, max_size=8), st.binary(max_size=60)))
def test_a_zip_gives_back_its_files_in_their_order(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(files)
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_same_files_give_the_same_zip() -> None:
    files = {"b.docx": b"2", "a.docx": b"1"}

    assert zipped(files) == zipped(files)


def test_a_zip_of_very_many_or_very_far_files(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{n}.docx": b"x" * 10 for n in range(70_000)}
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert len(archive.namelist()) == 70_000

    monkeypatch.setattr(zip_stream, "_FAR", 20)  # as if four gigabytes were twenty bytes
    data = zipped({"a": b"1", "b": b"2", "c": b"3"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [archive.read(name) for name in "abc"] == [b"1", b"2", b"3"]


@given(st.binary(max_size=40), st.lists(st.binary(max_size=20), max_size=8))
def test_a_digest_with_a_common_beginning_is_the_digest(prefix: bytes, ends: list[bytes]) -> None:
    digest = PrefixDigest()

    for end in [*ends, b"", *ends]:
        assert digest(prefix + end) == hashlib.sha256(prefix + end).digest()


def test_a_packed_template_imports_its_filters_when_they_are_used() -> None:
    template = docx_bytes("{{ 1234.5 | digits if 0 else name }} {{ name | upper }}")
    compiled = compile_template(template, filters=FILTERS)

    packed = pickle.loads(packed_template(compiled))
    again = pickle.loads(packed_template(packed))

    assert all(isinstance(f, Later) for f in packed.filters.values())
    assert again.render({"name": "li"}) == compiled.render({"name": "li"})
    assert "li LI" in text_of(packed.render({"name": "li"}))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.2, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_times_are_told_as_people_say_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_line_tells_count_share_failures_rate_and_time_left() -> None:
    progress = Progress(2_000, done=500, failed=3)
    progress.begun -= 10

    line = line_of(progress)

    assert line == "500 of about 2,000 documents (25 %), 3 failed, 50 a second, 30 s left"


def test_packing_keeps_filters_that_are_no_functions_of_a_module(tmp_path: Path) -> None:
    compiled = compile_template(docx_bytes("{{ name | mine }}"), filters={"mine": str.title})

    packed = pickle.loads(packed_template(compiled))

    assert "Li" in text_of(packed.render({"name": "li"}))
