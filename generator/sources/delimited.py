"""Tables of text: encoding, separator, lines, and what is wrong with them. What is no table of text
is none of this module's business.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice

from generator.errors import Location, Problem, SourceFormatError
from generator.model.dataset import Origin
from generator.model.limits import limits_in_force
from generator.sources.raw_table import RawTable

#: What Python reads as an encoding, and no program saves a table in.
_NO_TEXTS = frozenset((
    "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape",
    "raw-unicode-escape", "utf-7", "charmap", "mbcs", "oem",
))  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def place_in(text: str, offset: int, file: str) -> Location:
    """Return line and column of a place in a text."""
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return Location(file, (f"column {column}",), line)


def table_text(data: bytes, file: str, encoding: str | None = None) -> str:
    """Return the text of a file in UTF-8, UTF-16 or GB18030, or in the encoding that is named.

    Raises:
        SourceFormatError: it is none of them, or holds control characters; with the line.
    """
    encodings = (encoding,) if encoding else _encodings_of(data)
    if encoding and not is_text_encoding(encoding):
        raise SourceFormatError(f'the encoding "{encoding[:40]}" is not known', Location(file),
                                "write utf-8, utf-16 or gb18030")  # fmt: skip
    offset = 0
    for name in encodings:
        try:
            text = data.decode(name)
        except UnicodeError as error:
            offset = offset or getattr(error, "start", 0)
            continue
        text = text.removeprefix("\ufeff")
        if encoding is None and name == "gb18030" and not _is_chinese(text):
            break
        found = _CONTROL.search(text)
        if found is None:
            return text
        raise SourceFormatError(
            "a control character stands in the text", place_in(text, found.start(), file),
            "save the table as CSV text in UTF-8",
        )  # fmt: skip
    raise SourceFormatError(
        f"the file is no {encoding} text" if encoding
        else "the file is neither UTF-8 nor GB18030 text",
        Location(file, line=data[:offset].count(b"\n") + 1),
        'save it as "CSV UTF-8", or say what it is, as in encoding: big5 or cp1252',
    )  # fmt: skip


def is_text_encoding(encoding: str) -> bool:
    """Whether an encoding is one of texts: not one of names of hosts, of Python, or of the system.

    Those give text for any bytes, or fail in ways of their own.
    """
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return False
    is_text = getattr(found, "_is_text_encoding", True)
    return is_text and found.name not in _NO_TEXTS


def _is_chinese(text: str) -> bool:
    """Whether a text that can be read as GB18030 is meant so: its signs are common ones.

    Nearly any bytes can be read so; those of other encodings give rare signs.
    """
    sample = [sign for sign in text[:65_536] if not sign.isascii()]
    if any("\ue000" <= sign <= "\uf8ff" for sign in sample):
        return False
    common = sum(_is_common(sign) for sign in set(sample))
    return 2 * common >= len(set(sample))


def _is_common(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _encodings_of(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel calls "Unicode text"
        return ("utf-16",)
    head = data[:4096]  # UTF-16 without a mark: every other byte of plain signs is zero
    first, second = head[::2].count(0), head[1::2].count(0)
    if (
        max(first, second) > 1
        and max(first, second) * 6 > len(head)
        and min(first, second) * 20 <= len(head)
    ):
        return ("utf-16-le",) if second > first else ("utf-16-be",)
    return ("utf-8-sig", "gb18030")


def without_empty_end(header: list[str], lines: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Return a header without last columns that have neither a name nor a value.

    Sheet programs leave such columns behind.
    """
    while (
        len(header) > 1
        and not header[-1].strip()
        and all(len(cells) < len(header) or not any(cells[len(header) - 1 :]) for _, cells in lines)
    ):
        header = header[:-1]
    return header


def announced(text: str) -> tuple[str, str]:
    """Return the separator that a first line ``sep=;`` names, and the text behind that line."""
    found = re.match(r"sep=([^\r\n])\r?\n", text, re.IGNORECASE)
    return (found[1], text[found.end() :]) if found else ("", text)


def find_separator(text: str) -> str:
    """Return the sign that parts the cells: the one that gives most lines one width."""
    best, best_score = ",", (0, 0)
    sample = text[:65_536]
    for sign in (",", ";", "\t", "|"):
        try:
            reader = csv.reader(StringIO(sample, newline=""), delimiter=sign)
            widths = [len(cells) for cells in islice(reader, 50) if cells]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = (sum(width == widths[0] for width in widths) * 100 // len(widths), widths[0])
            if score > best_score:
                best, best_score = sign, score
    return best


def lines_of(text: str, separator: str, file: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the filled lines of a table, each with the number of the line it begins in."""
    limit = csv.field_size_limit(limits_in_force().value_characters)
    rows = count = 0
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        while True:
            begin = reader.line_num + 1 + skipped
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise SourceFormatError(
                    f"this is not a valid table: {error}", Location(file, line=begin),
                    'close each quote, and write a quote inside of a cell as ""',
                ) from error  # fmt: skip
            if any(cell.strip() for cell in cells):
                rows, count = rows + 1, count + len(cells)
                _check_table(rows, len(cells), count, Location(file, line=begin))
                yield begin, cells
    finally:
        csv.field_size_limit(limit)


def _check_table(rows: int, columns: int, cells: int, where: Location) -> None:
    limits = limits_in_force()
    for found, most, what in (
        (rows - 1, limits.data_rows, "rows"), (columns, limits.data_columns, "columns"),
        (cells, limits.data_cells, "cells"),
    ):  # fmt: skip
        if found > most:
            raise SourceFormatError(
                f"the table has more than {most:,} {what} (limit data_{what})", where, "split it"
            )


def header_problems(names: Sequence[str], where: Location) -> Iterator[Problem]:
    places: dict[str, int] = {}
    for number, name in enumerate(names):
        first = places.setdefault(name, number)
        if not name:
            yield Problem(
                "the column has no name", where.inside(f"column {number + 1}"),
                "begin the table with a line of column names", code=SourceFormatError.code,
            )  # fmt: skip
        elif first != number:
            yield Problem(
                f'the column name "{name}" stands here a second time',
                where.inside(f"column {number + 1}"),
                f"column {first + 1} has it already; rename one of them",
                code=SourceFormatError.code,
            )


def uneven(cells: Sequence[str], names: Sequence[str], where: Location) -> Problem:
    few = len(cells) < len(names)
    place = f'column "{names[len(cells)]}"' if few else f"column {len(names) + 1}"
    return Problem(
        f"the line has {len(cells)} cell{'' if len(cells) == 1 else 's'}, "
        f"the first line has {len(names)}",
        where.inside(place),
        "add the missing cells; an empty one is allowed"
        if few
        else "put a cell that holds the separator into quotes",
        code=SourceFormatError.code,
    )


def _behind_line(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)
    return text[found.end() :] if found else ""


def read_delimited(
    data: bytes, file: str, encoding: str | None = None, separator: str | None = None,
    skip: int = 0,
) -> RawTable:  # fmt: skip
    """Return the table in a file of text below the first ``skip`` lines; an empty cell is none.

    Ragged lines become problems.

    Raises:
        SourceFormatError: it cannot be read as a table at all.
    """
    first, text = announced(table_text(data, file, encoding))
    for _ in range(skip):
        text = _behind_line(text)
    sign = separator or first or ("\t" if file.lower().endswith(".tsv") else find_separator(text))
    lines = list(lines_of(text, sign, file, skip + (1 if first else 0)))
    if not lines:
        raise SourceFormatError(
            "the table is empty", Location(file, line=1), "begin it with a line of column names"
        )
    line, header = lines[0]
    names = [cell.strip() for cell in without_empty_end(header, lines[1:])]
    table = RawTable(Origin("file", file, counted="line"), names, is_text=True)
    table.problems += header_problems(names, Location(file, line=line))
    for number, cells in lines[1:]:
        extra = cells[len(names) :]
        if len(cells) < len(names) or any(extra):
            table.problems.append(uneven(cells, names, Location(file, line=number)))
            continue
        table.add(number, [cell if cell.strip() else None for cell in cells[: len(names)]])
    return table
