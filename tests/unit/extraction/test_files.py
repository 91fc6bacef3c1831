"""Articles in the formats that people have them in."""

from __future__ import annotations

import sys
import zlib
from datetime import date

import pytest

from generator.errors import SourceFormatError, SourceNotFoundError
from generator.extraction.reading import read_article
from generator.extraction.tables import table_sentences
from generator.model.limits import Limits, within

_TEXT = "2024年，全区出口318.2亿元，同比增长7.3%。"


def _texts(path):
    return [paragraph.text for paragraph in read_article(path).paragraphs]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_reads_text_in_its_encoding(tmp_path, encoding):
    path = tmp_path / "article.txt"
    path.write_bytes(_TEXT.encode(encoding))

    assert _texts(path) == [_TEXT]


def test_reads_western_text(tmp_path):
    path = tmp_path / "article.txt"
    path.write_bytes("Revenue was £3.2 million – up 7% – in 2024.".encode("cp1252"))

    assert _texts(path) == ["Revenue was £3.2 million – up 7% – in 2024."]


def test_reads_a_word_document_with_table_and_text_box(tmp_path):
    import docx
    from lxml import etree

    document = docx.Document()
    document.add_heading("某区经济", 1)
    paragraph = document.add_paragraph(_TEXT)
    box = etree.fromstring(
        '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r>'
        "<w:t>企业190家，增长5.1%。</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    paragraph._p.append(box)
    table = document.add_table(2, 3)
    for cell, text in zip((c for row in table.rows for c in row.cells),
                          ["指标", "绝对数（亿元）", "同比增长（%）", "进口", "52.1", "-2.4"], strict=True):  # fmt: skip
        cell.text = text
    path = tmp_path / "article.docx"
    document.save(str(path))

    assert _texts(path) == [
        _TEXT, "企业190家，增长5.1%。", "进口绝对数52.1亿元；进口同比增长-2.4%。",
    ]  # fmt: skip


def test_reads_the_main_text_of_a_page_and_its_date(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(
        '<html><head><meta charset="gb2312"><title>某区经济 - 统计局</title>'
        '<meta name="PubDate" content="2025-07-20 10:00"></head><body><div class="nav">首页 12 34</div>'
        f"<div id=zoom><p>{_TEXT}</p><p>进口<b>52.1</b>亿元，下降2.4%。</p></div>"
        "<script>var a = 5;</script><footer>电话 0571-12345678</footer></body></html>".encode(
            "gb18030"
        )
    )

    article = read_article(path)

    assert article.title == "某区经济"
    assert article.published == date(2025, 7, 20)
    assert [p.text for p in article.paragraphs] == [_TEXT, "进口52.1亿元，下降2.4%。"]


def test_reads_a_pdf_file_and_joins_its_lines(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure = pyplot.figure()
        figure.text(0.1, 0.8, "In 2024, exports of the zone rose by 7.3 percent to 31.82 billion yuan, and imports\n"
                              "fell by 2.4 percent to 5.21 billion yuan, the statistics office of the zone said.")  # fmt: skip
        path = tmp_path / "article.pdf"
        figure.savefig(path)
        pyplot.close(figure)

    text = " ".join(_texts(path))

    assert "imports fell by 2.4 percent" in text


def test_a_pdf_file_that_is_damaged_is_refused(tmp_path):
    path = tmp_path / "article.pdf"
    path.write_bytes(b"%PDF-1.7 nothing behind it")

    with pytest.raises(SourceFormatError) as error:
        read_article(path)

    assert error.value.message.startswith("this cannot be read as a PDF file")
    assert error.value.where.file == str(path)
    assert error.value.hint == "open it in a PDF program and save it again"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"text", "a table is no article"),
        ("a.xyz", b"text", '".xyz" is no kind of article'),
        ("a.txt", b"  \n \n", "the file holds no text"),
        ("a.txt", b"\x00\x01\x02\x03\xff\x00" * 9, "the file is neither UTF-8 nor GB18030 text"),
        ("a.docx", b"no zip", "the file is not a .docx or .pptx"),
    ],
)  # fmt: skip
def test_refuses_what_is_no_article(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(SourceFormatError) as error:
        read_article(path)

    assert error.value.message.startswith(message)
    assert error.value.where.file == str(path)
    assert error.value.hint


def test_a_file_that_is_not_there_is_told_with_the_nearest_name(tmp_path):
    (tmp_path / "article.txt").write_text("x", encoding="utf-8")

    with pytest.raises(SourceNotFoundError) as error:
        read_article(tmp_path / "artikle.txt")

    assert error.value.hint == 'did you mean "article.txt"?'


def test_a_file_above_the_limit_is_refused(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(_TEXT * 100, encoding="utf-8")

    with within(Limits(data_bytes=1000)), pytest.raises(SourceFormatError) as error:
        read_article(path)

    assert "limit data_bytes" in error.value.message


def test_a_table_takes_its_unit_from_a_line_above():
    rows = [["单位：亿元", "", ""], ["指标", "2024年", "增长%"], ["出口", "318.2", "7.3"]]

    assert table_sentences(rows) == ["出口2024年318.2亿元；出口增长7.3%。"]


def _pdf(stream: bytes, *filters: str) -> bytes:
    """Return a PDF file of one page that shows a stream."""
    names = " ".join(f"/{name}" for name in filters)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream"
        % (len(stream), names.encode(), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n"
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


class TestHostilePdf:
    def test_a_page_that_is_read_in_its_own_process_gives_its_text(self, tmp_path):
        path = tmp_path / "a.pdf"
        text = b"BT /F1 12 Tf 10 100 Td (In 2024, exports rose 7.3 percent.) Tj ET"
        path.write_bytes(_pdf(zlib.compress(text), "FlateDecode"))

        assert _texts(path) == ["In 2024, exports rose 7.3 percent."]

    @pytest.mark.skipif(sys.platform == "win32", reason="memory is not limited there")
    def test_a_page_that_inflates_without_end_is_refused(self, tmp_path):
        path = tmp_path / "bomb.pdf"
        bomb = zlib.compress(zlib.compress(b"0 " * 150_000_000, 9), 9)
        path.write_bytes(_pdf(bomb, "FlateDecode", "FlateDecode"))

        with (
            within(Limits(worker_memory=300_000_000)),
            pytest.raises(SourceFormatError) as error,
        ):
            read_article(path)

        assert (
            error.value.message
            == "reading it takes more than 300 MB of memory (limit worker_memory)"
        )
        assert error.value.where.file == str(path)
        assert error.value.hint.startswith("keep only the pages that are needed")

    @pytest.mark.skipif(sys.platform == "win32", reason="processor time is not limited there")
    def test_a_page_that_takes_too_long_is_refused(self, tmp_path):
        path = tmp_path / "slow.pdf"
        path.write_bytes(_pdf(zlib.compress(b"BT (a) Tj ET\n" * 2_000_000), "FlateDecode"))

        with within(Limits(worker_cpu_seconds=1)), pytest.raises(SourceFormatError) as error:
            read_article(path)

        assert "1 seconds of the processor (limit worker_cpu_seconds)" in error.value.message
        assert error.value.where.file == str(path)
        assert error.value.hint

    def test_a_reader_that_does_not_answer_is_ended(self, tmp_path):
        path = tmp_path / "slow.pdf"
        path.write_bytes(_pdf(zlib.compress(b"BT (a) Tj ET"), "FlateDecode"))

        with within(Limits(worker_seconds=0.001)), pytest.raises(SourceFormatError) as error:
            read_article(path)

        assert (
            error.value.message
            == "reading it takes longer than 0.001 seconds (limit worker_seconds)"
        )
        assert error.value.where.file == str(path)
        assert error.value.hint


class TestHostilePages:
    def test_a_page_of_too_many_elements_is_refused(self, tmp_path):
        path = tmp_path / "a.html"
        path.write_text(
            "<html><body>" + "<p>出口5亿元。</p>" * 200 + "</body></html>", encoding="utf-8"
        )

        with within(Limits(elements_per_part=100)), pytest.raises(SourceFormatError) as error:
            read_article(path)

        assert (
            error.value.message == "the page has more than 100 elements (limit elements_per_part)"
        )
        assert error.value.where.file == str(path)
        assert error.value.hint == "copy the article itself into a .txt file"

    @pytest.mark.parametrize("depth", [260, 5_000, 100_000])
    def test_a_page_of_too_deep_elements_is_refused_rather_than_cut(self, tmp_path, depth):
        path = tmp_path / "a.html"
        path.write_text(
            "<div>" * depth + _TEXT + "</div>" * depth + f"<p>{_TEXT}</p>", encoding="utf-8"
        )

        with pytest.raises(SourceFormatError) as error:
            read_article(path)

        assert error.value.message == "the page nests elements more than 250 deep"
        assert error.value.where.file == str(path)
        assert error.value.hint == "copy the article itself into a .txt file"

    def test_a_page_of_deep_elements_is_read_to_its_end(self, tmp_path):
        path = tmp_path / "a.html"
        path.write_text("<div>" * 200 + f"<p>{_TEXT}</p>" + "</div>" * 200, encoding="utf-8")

        assert _texts(path) == [_TEXT]
