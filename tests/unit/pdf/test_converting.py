"""PDF files by LibreOffice; a stand-in program shows what happens when it fails."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import nsmap
from lxml import etree
from PIL import Image

from generator.errors import OutputError
from generator.pdf import program
from generator.pdf.converting import convert_files, is_pdf
from tests.support.packages import docx_bytes, pptx_bytes

needs_office = pytest.mark.skipif(
    not any(map(shutil.which, ("soffice", "libreoffice"))), reason="needs LibreOffice"
)
#: Behaves as LibreOffice does: no file for what it cannot read, and the exit code 0.
STAND_IN = """#!{python}
import pathlib, sys, time
words = sys.argv[1:]
profile = next(w for w in words if w.startswith("-env:"))
with open({log!r}, "a") as log:
    log.write(profile + " " + str(len(words[words.index("--outdir") + 2:])) + "\\n")
out = pathlib.Path(words[words.index("--outdir") + 1])
for name in words[words.index("--outdir") + 2:]:
    data = pathlib.Path(name).read_bytes()
    if b"hang" in data:
        time.sleep(60)
    if b"crash" in data:
        sys.exit(81)
    if b"empty" in data:
        (out / pathlib.Path(name).with_suffix(".pdf").name).write_bytes(b"%PDF-1.7 %%EOF")
    elif b"nothing" not in data:
        (out / pathlib.Path(name).with_suffix(".pdf").name).write_bytes(
            b"%PDF-1.7 <</Type/Page>> %%EOF")
"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for LibreOffice; the file tells its runs: profile and number of files."""
    log = tmp_path / "runs.log"
    office = tmp_path / "soffice"
    office.write_text(STAND_IN.format(python=sys.executable, log=str(log)))
    office.chmod(0o755)
    monkeypatch.setenv(program.VARIABLE, str(office))
    return log


def files(folder: Path, *kinds: str) -> list[Path]:
    made = []
    for number, kind in enumerate(kinds):
        path = folder / f"{number}.docx"
        path.write_bytes(docx_bytes(kind) + kind.encode())  # behind the zip, where nobody looks
        made.append(path)
    return made


@needs_office
def test_documents_and_decks_become_pdf_beside_them(tmp_path: Path) -> None:
    (tmp_path / "报告.docx").write_bytes(docx_bytes("滨江"))
    (tmp_path / "a").mkdir()
    (tmp_path / "a/报告.pptx").write_bytes(pptx_bytes(["title"]))
    (tmp_path / "broken.docx").write_bytes(docx_bytes("x")[:900])
    (tmp_path / "random.docx").write_bytes(os.urandom(3_000))
    all_files = [tmp_path / "报告.docx", tmp_path / "a/报告.pptx", tmp_path / "broken.docx",
                 tmp_path / "random.docx", tmp_path / "gone.docx"]  # fmt: skip

    result = convert_files(all_files, jobs=2)

    assert result.made == (tmp_path / "报告.pdf", tmp_path / "a/报告.pdf")
    assert all(map(is_pdf, result.made))
    assert {path.name: problem.message for path, problem in result.failed.items()} == {
        "broken.docx": "the file is damaged, or no Office file, so no PDF was made",
        "random.docx": "the file is damaged, or no Office file, so no PDF was made",
        "gone.docx": "there is no such file",
    }
    assert sorted(p.name for p in tmp_path.rglob("*.p*")) == [
        "报告.pdf", "报告.pdf", "报告.pptx",
    ]  # fmt: skip


def test_files_are_converted_in_batches_with_a_profile_for_each_worker(
    tmp_path: Path, runs: Path
) -> None:
    convert_files(files(tmp_path, *["good"] * 24), jobs=2)

    lines = [line.split() for line in runs.read_text().splitlines()]
    assert [count for _, count in lines] == ["10", "10", "4"]
    assert len({profile for profile, _ in lines}) <= 2


def test_what_is_current_is_not_converted_again(tmp_path: Path, runs: Path) -> None:
    (one,) = files(tmp_path, "good")
    convert_files([one])
    convert_files([one])
    assert runs.read_text().count("\n") == 1

    later = time.time_ns() + 10**9
    os.utime(one, ns=(later, later))
    convert_files([one])
    assert runs.read_text().count("\n") == 2


@pytest.mark.parametrize("bad", ["nothing", "crash", "empty", "hang"])
def test_a_bad_file_does_not_spoil_its_batch(tmp_path: Path, runs: Path, bad: str) -> None:
    good, worse, other = files(tmp_path, "good", bad, "good")

    result = convert_files([good, worse, other], seconds=1.5)

    assert result.made == (good.with_suffix(".pdf"), other.with_suffix(".pdf"))
    assert [str(p) for p in result.failed] == [str(worse)]
    assert result.failed[worse].message == "LibreOffice does not turn it into a PDF"
    assert str(result.failed[worse].where) == str(worse)
    assert result.failed[worse].hint == "open it in LibreOffice to see why"
    profiles = [line.split()[0] for line in runs.read_text().splitlines()]
    assert len(set(profiles)) == len(profiles)  # a fresh one after each failure
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_nothing_is_left_of_a_run_that_takes_too_long(tmp_path: Path, runs: Path) -> None:
    convert_files(files(tmp_path, "hang"), seconds=0.5)

    left = [
        path
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if str(tmp_path / "soffice").encode() in _read(path)
    ]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_without_the_program_the_hint_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "_PLACES", ())
    monkeypatch.delenv(program.VARIABLE, raising=False)

    with pytest.raises(OutputError) as caught:
        convert_files(files(tmp_path, "good"))

    assert caught.value.message == ("PDF files are laid out by LibreOffice, which is not installed")
    assert str(caught.value.where) == "--pdf"
    assert caught.value.hint is not None
    assert "libreoffice" in caught.value.hint.lower()


def test_two_files_with_one_pdf_are_refused(tmp_path: Path, runs: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx_bytes("x"))
    (tmp_path / "a.pptx").write_bytes(pptx_bytes(["x"]))

    with pytest.raises(OutputError) as caught:
        convert_files([tmp_path / "a.docx", tmp_path / "a.pptx"])

    assert caught.value.message == '"a.docx" would have the same PDF'
    assert caught.value.hint == "give one of them another name"


def test_chinese_without_a_font_is_warned_of(
    tmp_path: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.pdf.converting.lacks_chinese_font", lambda: True)
    (tmp_path / "a.docx").write_bytes(docx_bytes("滨江"))
    (tmp_path / "b.docx").write_bytes(docx_bytes("plain"))

    assert convert_files([tmp_path / "b.docx"]).problems == ()
    (problem,) = convert_files([tmp_path / "a.docx"]).problems

    assert problem.severity == "warning"
    assert problem.hint is not None
    assert "fonts-noto-cjk" in problem.hint


# -- what LibreOffice is kept from -----------------------------------------------------------------


class Listener:
    """A server on this machine that counts who asks it for anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_OPTIONS(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def with_links(address: str) -> bytes:
    """Return a document whose picture lies elsewhere."""

    def edit(document: Document) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "png")
        picture.seek(0)
        document.add_picture(picture)
        rid = document.part.relate_to(f"{address}/picture.png", RT.IMAGE, is_external=True)
        blip = document.element.body.find(f".//{{{nsmap['a']}}}blip")
        del blip.attrib[f"{{{nsmap['r']}}}embed"]
        blip.set(f"{{{nsmap['r']}}}link", rid)

    return docx_bytes("text", edit=edit)


@needs_office
def test_nothing_is_fetched_for_a_document(tmp_path: Path, listener: Listener) -> None:
    (tmp_path / "a.docx").write_bytes(with_links(listener.address))

    result = convert_files([tmp_path / "a.docx"])

    assert is_pdf(tmp_path / "a.pdf"), result.failed
    assert listener.asked == []


def test_a_profile_is_told_to_run_and_fetch_nothing(tmp_path: Path, runs: Path) -> None:
    program.run_office(program.find_office(), files(tmp_path, "x"), tmp_path, tmp_path / "p", 60)

    settings = etree.parse(tmp_path / "p/user/registrymodifications.xcu")
    told = {prop.get("{http://openoffice.org/2001/registry}name"): prop.findtext("value")
            for prop in settings.iter("prop")}  # fmt: skip
    assert told["MacroSecurityLevel"] == "3"
    assert told["DisableMacrosExecution"] == told["BlockUntrustedRefererLinks"] == "true"
    assert told["Link"] == "2"


def test_libreoffice_learns_no_secrets_and_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = tmp_path / "soffice"
    office.write_text(
        f"#!{sys.executable}\nimport json, os, resource, sys, time\ntime.sleep(1)\n"
        f"json.dump([dict(os.environ), resource.getrlimit(resource.RLIMIT_AS)], "
        f"open({str(tmp_path / 'told')!r}, 'w'))\n"
    )
    office.chmod(0o755)
    monkeypatch.setenv("API_SECRET", "s")

    program.run_office(office, [], tmp_path, tmp_path / "p", 60)

    known, limit = json.loads((tmp_path / "told").read_text())
    assert "API_SECRET" not in known
    assert known["PATH"] == os.environ["PATH"]
    if sys.platform == "linux":
        assert limit == [program.MOST_MEMORY] * 2
