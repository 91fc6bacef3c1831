"""Rows of a file one after the other, so that a million of them take no more memory than ten.

Tables of text, lists in JSON and YAML, lines of JSON, and the first sheet of a workbook. A row that
is wrong is told and passed over; a file that cannot be read any further is an error.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import (
    Location,
    Problem,
    SourceFormatError,
    SourceNotFoundError,
    near_name_hint,
)
from generator.model.limits import limits_in_force
from generator.sources.delimited import (
    announced,
    find_separator,
    header_problems,
    table_text,
    uneven,
)
from generator.sources.files import names_beside, open_plain
from generator.sources.records import plain_value, read_json_value

#: File ending -> format.
ROW_ENDINGS = {
    ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".yaml": "yaml", ".yml": "yaml", ".xlsx": "xlsx",
}  # fmt: skip
ROW_FORMATS = ("csv", "tsv", "json", "jsonl", "yaml", "xlsx")
_PIECE = 1 << 18
_JSON_PIECE = 1 << 15
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class StreamedRow:
    """A row with its number, counted from 1, and its place; ``problem`` says what is wrong with it.

    ``value`` is a mapping of columns, or whatever an item of a list is.
    """

    number: int
    value: object
    line: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RowStream:
    """The rows of a file; ``about`` is how many there seem to be (None: nobody knows)."""

    path: Path
    format: str
    about: int | None
    rows: Iterator[StreamedRow]


def stream_rows(path: Path, format: str | None = None) -> RowStream:
    """Return the rows of a file, read as they are asked for.

    Raises:
        SourceNotFoundError: there is no such file.
        SourceFormatError: its ending is none of a file of rows, or its beginning is wrong.
    """
    shown = str(path)
    chosen = ROW_ENDINGS.get(path.suffix.lower()) or format
    if chosen is None:
        raise SourceFormatError(
            f'files of rows do not end in "{path.suffix}"', Location(shown),
            near_name_hint(path.suffix, list(ROW_ENDINGS)) or f"known: {', '.join(ROW_ENDINGS)}",
        )  # fmt: skip
    try:
        with open_plain(path):  # whatever it holds, it must be a file
            pass
        about = _line_count(path) if chosen in ("csv", "tsv", "jsonl") else None
    except FileNotFoundError as error:
        raise SourceNotFoundError(
            "there is no such file", Location(shown),
            near_name_hint(path.name, names_beside(path)) or "check the name and the folder",
        ) from error  # fmt: skip
    except OSError as error:
        raise SourceNotFoundError(
            f"the file cannot be read: {error.strerror}", Location(shown),
            "name a file that may be read",
        ) from error  # fmt: skip
    if chosen in ("csv", "tsv") and about:
        about -= 1
    return RowStream(path, chosen, about, _READERS[chosen](path, shown))


def _line_count(path: Path) -> int:
    """Return about how many lines a file has."""
    count, last = 0, b"\n"
    with open_plain(path) as stream:
        while piece := stream.read(1 << 20):
            count += piece.count(b"\n")
            last = piece[-1:]
    return count + (last != b"\n")


# -- tables of text ------------------------------------------------------------------------------


def _encoding_of(path: Path, shown: str) -> str:
    """Return the encoding of a table; the whole file is looked at, piece by piece."""
    with open_plain(path) as stream:
        head = stream.read(4096)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    begin = 0
    for name in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(name)()
        begin = 0
        try:
            with open_plain(path) as stream:
                while piece := stream.read(_PIECE):
                    decoder.decode(piece)
                    begin += piece.count(b"\n")
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    table_text(head, shown)  # says what is wrong if the beginning shows it
    raise SourceFormatError("the file is neither UTF-8 nor GB18030 text",
                            Location(shown, line=begin + 1), 'save it as "CSV UTF-8"')  # fmt: skip


def _table_rows(path: Path, shown: str, tabs: bool) -> Iterator[StreamedRow]:
    encoding = _encoding_of(path, shown)
    limits = limits_in_force()
    with path.open(encoding=encoding, newline="") as stream:
        try:
            sample = stream.read(65_536)
        except UnicodeDecodeError as error:
            raise SourceFormatError("the file is no UTF-16 text", Location(shown, line=1),
                                    'save it as "CSV UTF-8"') from error  # fmt: skip
        table_text(sample.encode("utf-8", "surrogatepass"), shown)  # control characters
        first, rest = announced(sample)
        separator = "\t" if tabs else first or find_separator(rest)
        skipped = 1 if first else 0
        stream.seek(0)
        if first:
            stream.readline()
        reader = csv.reader(stream, delimiter=separator, strict=True)
        lines = _lines(reader, shown, skipped, limits.value_characters)
        header = next(lines, None)
        if header is None:
            raise SourceFormatError("the table is empty", Location(shown, line=1),
                                    "begin it with a line of column names")  # fmt: skip
        names = [cell.strip() for cell in header[1]]
        while len(names) > 1 and not names[-1]:
            names.pop()
        if len(names) > limits.data_columns:
            raise SourceFormatError(
                f"the table has more than {limits.data_columns:,} columns (limit data_columns)",
                Location(shown, line=header[0]), "split it",
            )  # fmt: skip
        problems = list(header_problems(names, Location(shown, line=header[0])))
        if problems:
            raise SourceFormatError.of(problems[:20])
        width = len(names)
        for number, (line, cells) in enumerate(lines, 1):
            if len(cells) != width and (len(cells) < width or any(cells[width:])):
                yield StreamedRow(number, None, line,
                                  uneven(cells, names, Location(shown, line=line)))  # fmt: skip
                continue
            values = map(plain_value, cells)
            yield StreamedRow(number, dict(zip(names, values, strict=False)), line)


def _lines(
    reader: Any, shown: str, skipped: int, longest: int
) -> Iterator[tuple[int, list[str]]]:  # fmt: skip
    """Yield the filled lines; the limit of the csv module is set only while it works."""
    while True:
        begin = reader.line_num + 1 + skipped
        before = csv.field_size_limit(longest)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            raise SourceFormatError(
                f"this is not a valid table: {error}", Location(shown, line=begin),
                'close each quote, and write a quote inside of a cell as ""',
            ) from error  # fmt: skip
        finally:
            csv.field_size_limit(before)
        if any(cells) and any(cell.strip() for cell in cells):
            yield begin, cells


def _csv_rows(path: Path, shown: str) -> Iterator[StreamedRow]:
    return _table_rows(path, shown, tabs=False)


def _tsv_rows(path: Path, shown: str) -> Iterator[StreamedRow]:
    return _table_rows(path, shown, tabs=True)


# -- JSON ----------------------------------------------------------------------------------------


def _json_lines(path: Path, shown: str) -> Iterator[StreamedRow]:
    """Yield the values of a file of JSON lines; a line that is none is that row's problem."""
    longest = limits_in_force().data_bytes
    number = line = 0
    with open_plain(path) as stream:
        while data := stream.readline(longest + 1):
            line += 1
            if line == 1:
                data = data.removeprefix(codecs.BOM_UTF8)
            if len(data) > longest:
                raise SourceFormatError(
                    f"a line has more than {longest:,} bytes (limit data_bytes)",
                    Location(shown, line=line), "split it",
                )  # fmt: skip
            if not data.strip():
                continue
            number += 1
            try:
                yield StreamedRow(number, read_json_value(data, shown), line)
            except SourceFormatError as error:
                found = error.problems[0]
                steps = found.where.steps if found.where else ()
                where = Location(shown, steps, line)
                told = Problem(found.message, where, found.hint, code=found.code)
                yield StreamedRow(number, None, line, told)


class _JsonText:
    """The text of a JSON file, read piece by piece; ``line`` is where the present place is."""

    def __init__(self, path: Path, shown: str) -> None:
        self._stream = open_plain(path)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._shown = shown
        self._text = ""
        self._ended = False
        self.line = 1

    def close(self) -> None:
        self._stream.close()

    def fail(self, message: str, hint: str = "check commas, quotes and brackets there"
             ) -> SourceFormatError:  # fmt: skip
        return SourceFormatError(message, Location(self._shown, line=self.line), hint)

    def _more(self) -> bool:
        if self._ended:
            return False
        data = self._stream.read(max(_JSON_PIECE, len(self._text)))  # an item may be long
        self._ended = not data
        try:
            self._text += self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise self.fail("the file is not UTF-8 text", "save it as UTF-8") from error
        return True

    def sign(self) -> str:
        """Return the next sign that is no blank, which stays; "" at the end."""
        while True:
            end = _BLANK.match(self._text).end()  # type: ignore[union-attr]
            self._drop(end)
            if self._text:
                return self._text[0]
            if not self._more():
                return ""

    def _drop(self, count: int) -> None:
        if count:
            self.line += self._text.count("\n", 0, count)
            self._text = self._text[count:]

    def take(self, sign: str) -> None:
        """Go on behind a sign that stands here."""
        self._drop(len(sign))

    def items(self) -> Iterator[tuple[int, str]]:
        """Yield line and text of each item of the list that begins here."""
        longest = limits_in_force().data_bytes
        self.take("[")
        if self.sign() == "]":
            self.take("]")
            return
        while True:
            self.sign()
            end = 0
            scan = _ItemEnd()
            while (end := scan.find(self._text)) < 0:
                if len(self._text) > longest:
                    raise self.fail(
                        f"an item has more than {longest:,} characters (limit data_bytes)",
                        "split it",
                    )  # fmt: skip
                if not self._more():
                    raise self.fail("this is not valid JSON: the list does not end")
            line, text = self.line, self._text[:end]
            self._drop(end)
            sign = self.sign()
            yield line, text
            self.take(sign)
            if sign == "]":
                return


class _ItemEnd:
    """Finds where an item of a list ends, in a text that grows."""

    _SIGN = re.compile(r'["\[\]{},]')
    _QUOTE = re.compile(r'\\.|"', re.DOTALL)

    def __init__(self) -> None:
        self._at = 0
        self._depth = 0
        self._in_text = False

    def find(self, text: str) -> int:
        """Return the end of the item that begins the text; -1 if more is needed."""
        while True:
            found = (self._QUOTE if self._in_text else self._SIGN).search(text, self._at)
            if found is None:
                half = self._in_text and len(text) > self._at and text.endswith("\\")
                self._at = len(text) - half  # what a last backslash stands before is still to come
                return -1
            self._at, sign = found.end(), found[0]
            if self._in_text:
                self._in_text = sign != '"'
            elif sign == '"':
                self._in_text = True
            elif sign in "[{":
                self._depth += 1
            elif self._depth == 0:  # a comma, or the end of the list
                return found.start()
            elif sign in "]}":
                self._depth -= 1


def _json_rows(path: Path, shown: str) -> Iterator[StreamedRow]:
    """Yield the items of the list at the top of a file."""
    text = _JsonText(path, shown)
    try:
        sign = text.sign()
        if sign == "{":
            raise text.fail("the top of the file is no list of rows",
                            "write a list of objects: [{...}, {...}]")  # fmt: skip
        if sign != "[":
            raise text.fail("the file is empty" if not sign else "this is not valid JSON",
                            "write a list of objects: [{...}, {...}]")  # fmt: skip
        for number, (line, item) in enumerate(text.items(), 1):
            try:
                value = read_json_value(item.encode(), shown)
            except SourceFormatError as error:
                found = error.problems[0]
                inner = found.where.line or 1 if found.where else 1
                steps = found.where.steps if found.where else ()
                raise SourceFormatError(
                    found.message, Location(shown, steps, line + inner - 1), found.hint
                ) from error
            yield StreamedRow(number, value, line)
        if text.sign():
            raise text.fail("this is not valid JSON: something follows the list")
    finally:
        text.close()


# -- YAML and workbooks --------------------------------------------------------------------------


def _yaml_rows(path: Path, shown: str) -> Iterator[StreamedRow]:
    from generator.sources.yaml_text import yaml_items

    with open_plain(path) as stream:
        for number, (line, value) in enumerate(yaml_items(stream, shown), 1):
            yield StreamedRow(number, value, line)


def _sheet_rows(path: Path, shown: str) -> Iterator[StreamedRow]:
    """Yield the rows of the first sheet; the workbook is unpacked in memory, its cells are not."""
    from generator.sources.files import read_source
    from generator.sources.sheet import sheet_rows
    from generator.sources.workbook import Workbook

    data, _ = read_source(path)
    for number, (line, value, problem) in enumerate(sheet_rows(Workbook(data, shown)), 1):
        yield StreamedRow(number, value, line, problem)


_READERS: dict[str, Callable[[Path, str], Iterator[StreamedRow]]] = {
    "csv": _csv_rows, "tsv": _tsv_rows, "json": _json_rows, "jsonl": _json_lines,
    "yaml": _yaml_rows, "xlsx": _sheet_rows,
}  # fmt: skip
