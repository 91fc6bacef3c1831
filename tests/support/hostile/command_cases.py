"""Hostile data, definitions, rows, names, articles, queries, addresses and targets: one command each.

Templates and packages have cases of their own; here the template is sound and something else is not.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests.support.hostile.case import Content
from tests.support.packages import docx_bytes

#: What stands in a folder beside the project, and may never be shown or changed.
PIPE = "a pipe"
_HEAD = "title: {zh: 简报, en: Brief}\ndate: 2025-08-31\nlanguages: [en]\n"
_DOCUMENTS = "documents:\n  brief:\n    en: {template: t.docx, output: brief.docx}\n"
_TABLE = "datasets:\n  d: {file: d.csv}\n"


@dataclass(frozen=True)
class Command:
    """A command in a folder of files, and the ending that is right for it.

    ``says`` is what the first error, or the first warning of a run that ends well, must match.
    ``code`` is the exit code. A value ``PIPE`` of ``files`` is a pipe. ``absent`` may stand neither
    in messages nor in results. ``environment`` is set for the run.
    """

    name: str
    words: tuple[str, ...]
    says: str = ""
    code: int = 1
    files: Mapping[str, Content | str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


def commands() -> Iterator[Command]:
    """Yield all cases."""
    for part in (_tables, _workbooks, _definitions, _queries, _addresses, _rows, _names, _places,
                 _articles, _targets, _schedules):  # fmt: skip
        yield from part()


@cache
def _template() -> bytes:
    return docx_bytes("Rows {{ datasets.d.rows | length > 0 }}")


@cache
def _letter() -> bytes:
    return docx_bytes("Hello {{ n }}")


def _bytes(content: Content | str) -> Content:
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _build(
    name: str, definition: Content | str, says: str, *, code: int = 1, command: str = "build",
    **more: object,
) -> Command:  # fmt: skip
    files = {"t.docx": _template, "d.csv": b"a\nx\n", "report.yaml": _bytes(definition),
             **more.pop("files", {})}  # type: ignore[dict-item] # fmt: skip
    return Command(name, (command,), says, code, files, **more)  # type: ignore[arg-type]


def _bomb(first: str = "a") -> str:
    return f"{first}: &a [{', '.join('x' * 10)}]\n" + "".join(
        f"{c}: &{c} [{', '.join(['*' + p] * 10)}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )  # fmt: skip


# -- data of a report ------------------------------------------------------------------------------


def _tables() -> Iterator[Command]:
    for name, file, content, says in (
        ("csv-columns", "d.csv", lambda: ",".join(f"c{i}" for i in range(100_000)).encode(), "data_columns"),
        ("csv-field", "d.csv", lambda: b"a\n" + b"x" * 3_000_000, "field limit"),
        ("csv-nul", "d.csv", b"a\nx\0\n", "control character"), ("csv-escape", "d.csv", b"a\n\x1b[31m\n", "control"),
        ("csv-quote", "d.csv", b'a,b\n"x,1\n', "valid table"), ("csv-behind-quote", "d.csv", b'a\n"x"y\n', "valid table"),
        ("csv-ragged", "d.csv", b"a,b\n1\n", "1 cell"), ("csv-twice", "d.csv", b"a,a\n1,2\n", "second time"),
        ("csv-unnamed", "d.csv", b"a,,b\n1,2,3\n", "no name"), ("csv-empty", "d.csv", b"", "empty"),
        ("csv-utf-32", "d.csv", "a\n1\n".encode("utf-32"), "control"), ("csv-odd-utf-16", "d.csv", b"\xff\xfea", "neither|UTF-16"),
        ("csv-latin", "d.csv", b"a\ncaf\xe9\n", "neither"), ("csv-png", "d.csv", b"\x89PNG\r\n\x1a\n", "neither"),
        ("csv-pipe", "d.csv", PIPE, "pipe"), ("json-deep", "d.json", b"[" * 100_000, "nested"),
        ("json-twice", "d.json", b'[{"a": 1, "a": 2}]', "second time"), ("json-nan", "d.json", b'[{"a": NaN}]', "number"),
        ("json-exponent", "d.json", b'[{"a": 1e99999999999999999999999}]', "number"),
        ("json-minus-exponent", "d.json", b'[{"a": 1e-99999999999999999999999}]', "number"),
        ("json-no-key", "d.json", b'[{"": 1}]', "no name"), ("json-mixed", "d.json", b'[1, "a"]', "no list"),
        ("json-wide", "d.json", lambda: json.dumps([{f"k{i}": 1 for i in range(20_000)}]).encode(), "data_columns"),
        ("json-other-keys", "d.json", lambda: json.dumps([{f"k{i}": 1} for i in range(20_000)]).encode(), 'no "k0"'),
        ("json-utf-16", "d.json", '[{"a": 1}]'.encode("utf-16"), "UTF-8"), ("json-cut", "d.json", b'[{"a": 1}, {"a"', "valid"),
        ("yaml-aliases", "d.yaml", _bomb().encode(), "aliases"), ("yaml-tag", "d.yaml", b"- !!python/name:os.system x\n", "tag"),
        ("yaml-rows", "d.yaml", lambda: b"- &a {x: 1}\n" + b"- *a\n" * 110_000, "aliased_values"),
        ("yaml-documents", "d.yaml", b"- {a: 1}\n---\n- {a: 2}\n", "more than one"),
        ("parquet-cut", "d.parquet", b"PAR1" + b"\0" * 50, "Parquet"), ("parquet-footer", "d.parquet", b"PAR1\0\0\xff\xff\xff\x7fPAR1", "Parquet"),
        ("parquet-text", "d.parquet", b"a\n1\n", "Parquet"),
    ):  # fmt: skip
        given = content if content is PIPE else _bytes(content)  # type: ignore[arg-type]
        yield _build(f"dataset-{name}", _HEAD + _DOCUMENTS + f"datasets:\n  d: {{file: {file}}}\n",
                     says, files={file: given})  # fmt: skip
    for name, options, says in (
        ("no-text", "encoding: undefined", "encoding"), ("names", "encoding: punycode", "encoding"),
        ("hosts", "encoding: idna", "encoding"), ("escapes", "encoding: unicode_escape", "encoding"),
        ("rot", "encoding: rot13", "encoding"), ("zip", "encoding: zlib", "encoding"), ("nothing", 'encoding: "a\\0"', "encoding"),
        ("skip", "skip: 99999999999", "skip"), ("separator", "separator: ab", "separator"), ("limit", "limit: 0", "limit"),
        ("calendar", "columns: {a: date}", "is not a date"), ("whole", "columns: {a: integer}", "whole number"),
        ("absent", "columns: {b: text}", "no column"),
    ):  # fmt: skip
        yield _build(
            f"dataset-{name}",
            f"{_HEAD}{_DOCUMENTS}datasets:\n  d: {{file: d.csv, {options}}}\n",
            says,
        )
    for name, value, kind in (
        ("infinite", "inf", "number"), ("nan", "nan", "number"), ("no-day", "2025-02-30", "date"),
        ("far-day", "99999-01-01", "date"), ("digits", "9" * 5_000, "number"), ("signs", "-" * 50_000, "number"),
        ("exponent", "1e99999999999999999999", "number"), ("offset", "9999-12-31T23:59:59+99:00", "datetime"),
        ("perhaps", "maybe", "boolean"),
    ):  # fmt: skip
        yield _build(f"value-{name}", f"{_HEAD}{_DOCUMENTS}datasets:\n  d: {{file: d.csv, columns: {{a: {kind}}}}}\n",
                     "line 2", files={"d.csv": f"a\n{value}\n".encode()})  # fmt: skip


def book(
    sheet: str = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
    *, before: str = "", add: Mapping[str, bytes] | None = None, drop: str = "",
) -> bytes:  # fmt: skip
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }  # fmt: skip
    parts.pop(drop, None)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**parts, **(add or {})}.items():
            package.writestr(name, text)
    return out.getvalue()


def _row(cell: str, number: str = "2") -> str:
    return (f'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="{number}">{cell}'
            "</row>")  # fmt: skip


def _workbooks() -> Iterator[Command]:
    for name, content, says in (
        ("text", b"hello", "no .xlsx"), ("empty", b"", "no .xlsx"), ("old", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        ("document", _letter, "no .xlsx"), ("cut", lambda: book()[:400], "damaged"),
        ("no-types", lambda: book(drop="[Content_Types].xml"), "no .xlsx"), ("no-book", lambda: book(drop="xl/workbook.xml"), "no .xlsx"),
        ("no-sheet", lambda: book(drop="xl/worksheets/sheet1.xml"), "no sheet"),
        ("dots", lambda: book(add={"../../x": b"x"}), "name"), ("absolute", lambda: book(add={"/etc/x": b"x"}), "name"),
        ("backslash", lambda: book(add={"xl\\x": b"x"}), "name"), ("twice", lambda: book(add={"XL/workbook.xml": b"<x/>"}), "two parts"),
        ("entries", lambda: book(add={f"x/{i}": b"" for i in range(5_001)}), "entries"),
        ("bomb", lambda: book(" " * 60_000_000), "inflates"), ("deep", lambda: book(_row("<x>" * 300 + "</x>" * 300)), "depth"),
        ("type", lambda: book(before='<!DOCTYPE x [<!ENTITY a "aa">]>'), "document type"),
        ("outside-entity", lambda: book(before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "document type"),
        ("utf-7", lambda: book(before='<?xml version="1.0" encoding="utf-7"?>'), "encoding"),
        ("far-cell", lambda: book(_row('<c r="ZZZZ2"><v>1</v></c>')), "ZZZZ2"), ("no-cell", lambda: book(_row('<c r="-1"><v>1</v></c>')), '"-1"'),
        ("far-row", lambda: book(_row('<c r="A2"><v>1</v></c>', "99999999999")), "99999999999"),
        ("back-row", lambda: book(_row('<c r="A1"><v>1</v></c>', "1")), "row"), ("kind", lambda: book(_row('<c r="A2" t="zz"><v>1</v></c>')), "kind"),
        ("nan", lambda: book(_row('<c r="A2"><v>NaN</v></c>')), "NaN"), ("infinite", lambda: book(_row('<c r="A2"><v>1e999</v></c>')), "1e999"),
        ("no-text", lambda: book(_row('<c r="A2" t="s"><v>999</v></c>')), "missing"), ("error", lambda: book(_row('<c r="A2" t="e"><v>#REF!</v></c>')), "REF"),
        ("formula", lambda: book(_row('<c r="A2"><f>1+1</f></c>')), "no stored value"), ("cut-sheet", lambda: book("<row"), "damaged"),
        ("binary", lambda: book(add={"xl/worksheets/sheet1.xml": b"\0\1\2"}, drop="xl/worksheets/sheet1.xml"), "damaged|encoding"),
    ):  # fmt: skip
        yield _build(f"workbook-{name}", _HEAD + _DOCUMENTS + "datasets:\n  d: {file: d.xlsx}\n", says,
                     files={"d.xlsx": content})  # fmt: skip
    for text in ("ZZZZ1:ZZZZ9", "B2:A1", "A0:B0", "'" * 3_000, "A1:B99999999999"):
        yield _build(f"range-{text[:12]}", f'{_HEAD}{_DOCUMENTS}datasets:\n  d: {{file: d.xlsx, range: "{text}"}}\n',
                     "no range", files={"d.xlsx": book})  # fmt: skip


# -- definitions -----------------------------------------------------------------------------------


def _document(template: str = "t.docx", output: str = "brief.docx") -> str:
    return (f"{_HEAD}documents:\n  brief:\n    en: {{template: {template}, output: {output}}}\n"
            + _TABLE)  # fmt: skip


def _definitions() -> Iterator[Command]:
    whole = _document()
    for name, text, says in (
        ("pipe", PIPE, "no report.yaml"), ("binary", bytes(range(256)), "UTF-8|control"), ("empty", b"", "no fields"), ("list", "- 1\n", "no fields"),
        ("utf-16", whole.encode("utf-16"), "UTF-8"), ("nul", whole + "\0", "control"), ("tag", whole + "x: !!python/name:os.system a\n", "tag"),
        ("twice", whole + "date: 2025-01-01\n", "second time"), ("aliases", whole + _bomb(), "aliases"), ("deep", whole + "x: " + "[" * 5_000, "nested"),
        ("unknown", whole + "zzz: 1\n", "not known"), ("no-limit", whole + "limits: {zzz: 1}\n", "limit"), ("minus-limit", whole + "limits: {slides: -1}\n", "limit"),
        ("huge-limit", whole + "limits: {slides: 99999999999999999999}\n", "limit"), ("history", whole + "history: {count: -1}\n", "count"),
        ("isolate", whole + "isolate: maybe\n", "isolate"), ("no-day", whole.replace("2025-08-31", "2025-02-30"), "date"),
        ("far-day", whole.replace("2025-08-31", "99999-01-01"), "date"), ("language", whole.replace("[en]", "[../en]"), "languages"),
        ("charts", whole + "charts: {c: {kind: nope}}\n", "no figures"), ("cycle", _HEAD + _DOCUMENTS + "datasets:\n  a: {query: select * from b}\n  b: {query: select * from a}\n", "no dataset|b"),
        ("itself", _HEAD + _DOCUMENTS + "datasets:\n  a: {previous: a}\n", "no dataset"),
    ):  # fmt: skip
        given = text if text is PIPE else _bytes(text)
        yield Command(f"definition-{name}", ("build",), says, 1,
                      {"t.docx": _template, "d.csv": b"a\nx\n", "report.yaml": given})  # fmt: skip
    for name, template, says in (
        ("folder", ".", "no file|ending"), ("missing", "no.docx", "no file"), ("passwd", "/etc/passwd", "cannot give"), ("device", "/dev/zero", "no file"),
        ("nul", '"a\\0.docx"', "no name of a file"), ("long", "x" * 5_000 + ".docx", "no name of a file"), ("pipe", "pipe.docx", "no file"),
        ("address", "http://127.0.0.1:9/t.docx", "no file"), ("secret", "secret.docx", "not a .docx"),
    ):  # fmt: skip
        yield _build(f"template-{name}", _document(template), says, files={"pipe.docx": PIPE},
                     links={"secret.docx": "../secret.txt"})  # fmt: skip
    for number, output in enumerate((
        "../outside/x.docx", "/tmp/x.docx", "a/../../x.docx", "sub/x.docx", '"a\\0b.docx"', '"a\\nb.docx"', ".x.docx", "'C:\\x.docx'",
        "'a\\b.docx'", "~x.docx", "a:b.docx", "x.txt", "'a?.docx'", "'a*.docx'", "'a|b.docx'", "x" * 300 + ".docx",
    )):  # fmt: skip
        yield _build(f"output-{number}", _document(output=output), "output|name|long")
    for name, data, says in (
        ("passwd", "/etc/passwd", "line 1"), ("secret", "../secret.txt", "no fields"), ("zero", "/dev/zero", "no file"),
        ("environment", "/proc/self/environ", "UTF-8|control|no file"), ("pipe", "pipe", "no file"), ("nul", '"\\0"', "no name of a file"), ("long", "x" * 5_000, "no name of a file"),
    ):  # fmt: skip
        yield _build(
            f"data-{name}",
            _document() + f"data: [{data}]\n",
            says,
            files={"pipe": PIPE},
            absent=("root:",),
        )
    for kind in ("build", "check"):
        yield _build(
            f"link-to-a-device-{kind}",
            _document("no.docx"),
            "no file",
            command=kind,
            links={"no.docx": "/dev/zero"},
        )
    yield _build("output-pipe", _document(), "pipe or device", files={"output/brief.docx": PIPE})
    yield _build(
        "output-is-a-file",
        _document(),
        "cannot be written|stands in the way|cannot be read",
        files={"output": b"x"},
    )
    yield _build("state-leads-out", _document(), "link", links={".cache": "../elsewhere"})
    for number, word in enumerate(
        (
            "x=1",
            "slides=-1",
            "slides=1.5",
            "render_seconds=nan",
            "render_seconds=inf",
            "=",
            "slides=²",
        )
    ):
        yield Command(f"limit-{number}", ("build", "--limit", word), "--limit", 2,
                      {"t.docx": _template, "d.csv": b"a\nx\n", "report.yaml": _bytes(_document())})  # fmt: skip


# -- queries and addresses -------------------------------------------------------------------------


@cache
def _database() -> bytes:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.executescript("create table t(a); insert into t values (1);")
    return connection.serialize()


def _queries() -> Iterator[Command]:
    shared = ("drop table t", "delete from t", "insert into t values (1)", "attach 'x.db' as e", "vacuum into 'x.db'", "pragma writable_schema = 1",
              "select 1; drop table t", "select load_extension('x')", "select", "select 1 as a, 2 as a", "begin", "explain select 1")  # fmt: skip
    sqlite = (*shared, "select printf('%.*c', 2000000000, 'x') as a", "select hex(zeroblob(1000000000)) as a", "select randomblob(2000000000) as a",
              f"select {'(' * 5_000}1{')' * 5_000} as a", f"select {'+'.join('1' * 5_000)} as a", "select * from pragma_database_list", "select x'00' as a")  # fmt: skip
    duckdb = (*shared, "copy (select 1) to 'x.csv'", "select * from read_csv('/etc/passwd')", "select * from read_text('../secret.txt')",
              "select * from '../secret.txt'", "select * from glob('/*')", "select getenv('SECRET_KEY') as a", "install httpfs", "load httpfs",
              "select * from read_csv('http://127.0.0.1:9/x')", "select * from duckdb_secrets()", "select repeat('x', 2000000000) as a",
              "select now() as a", "select * from sniff_csv('/etc/passwd')")  # fmt: skip
    for engine, queries in (("sqlite", sqlite), ("file", sqlite), ("duckdb", duckdb)):
        for number, query in enumerate(queries):
            kind = {"sqlite": "", "file": "database: b, ", "duckdb": "engine: duckdb, "}[engine]
            text = (f"{_HEAD}{_DOCUMENTS}databases:\n  b: {{file: x.sqlite, seconds: 2}}\ndatasets:\n  d: {{file: d.csv}}\n"
                    f"  q: {{{kind}query: {json.dumps(query)}}}\n")  # fmt: skip
            yield _build(
                f"query-{engine}-{number}",
                text,
                ".",
                files={"x.sqlite": _database},
                absent=("root:",),
            )
    for name, database, says in (
        ("password", "{kind: postgresql, host: h, database: x, user: u, password: hunter2}", "password"), ("kind", "{kind: oracle, host: x}", "oracle"),
        ("no-variable", "{url_env: NO_SUCH_VARIABLE}", "not set"), ("no-address", "{url_env: SECRET_KEY}", "no address"), ("device", "{file: /dev/zero}", "no such database"),
        ("creating", "{file: 'x.db?mode=rwc'}", "no such database"), ("nul", '{file: "a\\0"}', "no name of a file"),
    ):  # fmt: skip
        yield _build(f"database-{name}", f"{_HEAD}{_DOCUMENTS}databases:\n  b: {database}\ndatasets:\n  q: {{database: b, query: select 1 as a}}\n",
                     says, absent=("hunter2",))  # fmt: skip


def _addresses() -> Iterator[Command]:
    for number, url in enumerate((
        "http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/", "http://169.254.169.254/latest", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://[fe80::1]/",
        "http://[fc00::1]/", "http://[64:ff9b::7f00:1]/", "http://localhost./", "http://127。0。0。1/", "http://x@127.0.0.1/", "http://user:hunter2@example.org/",
        "file:///etc/passwd", "ftp://127.0.0.1/", "data:text/csv,a", "http://", "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://a b/",
        "http://" + "a" * 300 + "/", "//127.0.0.1/", "javascript:1",
    )):  # fmt: skip
        text = f"{_HEAD}{_DOCUMENTS}network: {{http: true, seconds: 3, retries: 0}}\ndatasets:\n  d:\n    url: {json.dumps(url)}\n"
        yield _build(f"address-{number}", text, ".", absent=("hunter2", "root:"))
    yield _build(
        "address-unprotected",
        f"{_HEAD}{_DOCUMENTS}datasets:\n  d: {{url: 'http://example.org/'}}\n",
        "not protected",
    )


# -- rows and names of batches ---------------------------------------------------------------------


def _batch(
    name: str, rows: Content | str, says: str, *, file: str = "d.json", out: str = "out/{n}.docx", code: int = 1,
    more: tuple[str, ...] = (), files: Mapping[str, Content | str] | None = None, links: Mapping[str, str] | None = None,
) -> Command:  # fmt: skip
    given = rows if rows is PIPE else _bytes(rows)
    return Command(
        f"batch-{name}", ("batch", "t.docx", "--over", file, "--out", out, "--jobs", "0", *more), says, code,
        {"t.docx": _letter, file: given, **(files or {})}, links or {},
    )  # fmt: skip


def _rows() -> Iterator[Command]:
    for name, file, content, says, code in (
        ("deep", "d.json", b'[{"n":' + b"[" * 100_000, "list does not end", 1), ("deep-row", "d.json", b'[{"n": "a"}, {"n":' + b"[" * 70 + b"]" * 70 + b"}]", "nested", 3),
        ("object", "d.json", b'{"n": 1}', "no list", 1), ("empty", "d.json", b"", "empty", 1), ("none", "d.json", b"[]", "no rows", 1),
        ("exponent", "d.json", b'[{"n": 1e99999999999999999999}]', "number", 1), ("twice", "d.json", b'[{"n": 1, "n": 2}]', "second time", 1), ("utf-16", "d.json", '[{"n": 1}]'.encode("utf-16"), "UTF-8", 1),
        ("backslashes", "d.json", lambda: b'["' + b"\\" * 1_000_001, "list does not end", 1), ("open-text", "d.json", lambda: b'[{"n": "' + b"x" * 3_000_000, "list does not end", 1),
        ("scalars", "d.json", b"[1, 2]", 'asks for "n"', 1), ("bad-line", "d.jsonl", b'{"n": "a"}\n{bad\n{"n": "b"}\n', "valid", 3), ("exponent-line", "d.jsonl", b'{"n": "a"}\n{"n": 1e99999999999999999999}\n', "number", 3),
        ("aliases", "d.yaml", ("- " + _bomb().replace("\n", "\n  ")).encode(), "aliases|asks for", 1), ("tag", "d.yaml", b"- !!python/name:os.system a\n", "tag", 1), ("documents", "d.yaml", b"- {n: a}\n---\n- {n: b}\n", "more than one", 3),
        ("mapping", "d.yaml", b"n: 1\n", "no list", 1),
        ("columns", "d.csv", lambda: ",".join(f"c{i}" for i in range(100_000)).encode(), "data_columns", 1), ("long-field", "d.csv", lambda: b"n\n" + b"x" * 3_000_000, "field limit", 1),
        ("ragged", "d.csv", b"n,m\na,1\nb\n", "1 cell", 3), ("column-twice", "d.csv", b"n,n\n1,2\n", "second time", 1), ("odd-utf-16", "d.csv", b"\xff\xfen", "UTF-16", 1),
        ("no-workbook", "d.xlsx", b"PK\3\4zzz", "damaged", 1), ("ending", "d.exe", b"n\na\n", "do not end in", 1), ("pipe", "d.json", PIPE, "pipe", 1), ("pipe-csv", "d.csv", PIPE, "pipe", 1),
    ):  # fmt: skip
        yield _batch(f"rows-{name}", content, says, file=file, code=code)  # type: ignore[arg-type]
    for ending in ("csv", "json", "jsonl", "yaml", "xlsx"):
        yield Command(f"batch-device-{ending}", ("batch", "t.docx", "--over", f"d.{ending}", "--out", "out/{n}.docx", "--jobs", "0"),
                      "device", 1, {"t.docx": _letter}, {f"d.{ending}": "/dev/zero"})  # fmt: skip


def _names() -> Iterator[Command]:
    for number, name in enumerate((
        "../x", "../../elsewhere/x", "/etc/x", "C:\\x", "C:x", "\\\\srv\\x", "CON", "con.txt", "aux", "NUL ", "COM¹", "LPT9.x", "CONOUT$", "a\0b", "a\nb", "a\x1bb", "", ".", "..", " ",
        "x" * 300, "字" * 100, "é" * 150, "😀" * 61, "a|b", "a?", "a*", "<a>", '"q"', ".hidden", "a\u202eb", "\ud800", "\u200b", "\ufeff", "a\u2028b", "..\u2024", "a\x7f", "a\x85",
    )):  # fmt: skip
        yield _batch(f"name-{number}", json.dumps([{"n": name}]), "--out")
    for label, names in (
        ("case", ("Anna", "ANNA")),
        ("form", ("é", "e\u0301")),
        ("sharp", ("straße", "STRASSE")),
        ("ligature", ("ﬁ", "fi")),
    ):
        yield _batch(f"collision-{label}", json.dumps([{"n": n} for n in names]), "already", code=3)
    for number, (out, code) in enumerate((
        ("out/{{ n.__class__ }}.docx", 1), ("out/{{ 9**9**9 }}.docx", 1), ("out/{{ 'a' * 10**9 }}.docx", 1), ("out/{{ lipsum() }}.docx", 1), ("out/{{ cycler }}.docx", 1),
        ("out/{{ range }}.docx", 1), ("out/{{ n | attr('x') }}.docx", 2), ("out/{n", 2), ("out/{}.docx", 2), ("out/{nope}.docx", 1), ("out/x.docx", 2), ("out/{n}.exe", 1),
        ("out/{{ n }}/../../{n}.docx", 1), ("nul://x/{n}.docx", 2),
    )):  # fmt: skip
        yield _batch(f"pattern-{number}", '[{"n": "a"}]', ".", out=out, code=code)


def _places() -> Iterator[Command]:
    row = '[{"n": "a"}]'
    for name, more, says in (
        ("zip-over-template", ("--zip", "t.docx"), "overwrite"), ("zip-over-rows", ("--zip", "d.json"), "overwrite"), ("zip-folder", ("--zip", "folder"), "stands in the way"),
        ("zip-pipe", ("--zip", "pipe"), "stands in the way"), ("ledger-over-rows", ("--ledger", "d.json"), "overwrite"), ("ledger-over-template", ("--ledger", "t.docx"), "overwrite"),
        ("ledger-over-other", ("--ledger", "other"), "no ledger"), ("failures-pipe", ("--failures", "pipe.csv"), "stands in the way"), ("failures-over-rows", ("--failures", "d.csv"), "overwrite"),
    ):  # fmt: skip
        file = "d.csv" if name == "failures-over-rows" else "d.json"
        yield _batch(name, "n\na\n" if file == "d.csv" else row, says, file=file, more=more,
                     files={"pipe": PIPE, "pipe.csv": PIPE, "other": b"mine", "folder/x": b"x"})  # fmt: skip
    yield _batch(
        "ledger-leads-out", row, "link", links={".t.docx.batch": "../elsewhere"}, out="{n}.docx"
    )
    yield _batch("target-pipe", row, "pipe or device", files={"out/a.docx": PIPE})
    yield _batch("target-folder", row, "directory|folder", files={"out/a.docx/x": b"x"})
    for command in ("render", "check"):
        out = ("--out", "o.docx") if command == "render" else ()
        for name, data, says in (("pipe", "pipe.yaml", "pipe"), ("device", "device.yaml", "device"), ("folder", "folder.yaml", "folder"), ("loop", "loop.yaml", "links"),
                                 ("secret", "secret.yaml", "single value")):  # fmt: skip
            yield Command(f"{command}-data-{name}", (command, "t.docx", "--data", data, *out), says, 1,
                          {"t.docx": _letter, "pipe.yaml": PIPE, "folder.yaml/x": b"x"},
                          {"device.yaml": "/dev/zero", "loop.yaml": "loop.yaml", "secret.yaml": "../secret.txt"})  # fmt: skip
        for name, template, says in (
            ("pipe", "pipe.docx", "pipe"),
            ("device", "device.docx", "device"),
            ("folder", "folder.docx", "folder"),
            ("secret", "secret.docx", "not a .docx"),
        ):
            yield Command(f"{command}-template-{name}", (command, template, *out), says, 1, {"pipe.docx": PIPE, "folder.docx/x": b"x"},
                          {"device.docx": "/dev/zero", "secret.docx": "../secret.txt"})  # fmt: skip
    yield Command("render-over-a-pipe", ("render", "t.docx", "--set", "n=1", "--out", "pipe.docx"), "pipe or device", 1,
                  {"t.docx": _letter, "pipe.docx": PIPE})  # fmt: skip


# -- articles --------------------------------------------------------------------------------------

_SENTENCE = "2025年上半年，全区实现地区生产总值1559.9亿元，同比增长7.3%。\n"


def _pdf(*objects: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return bytes(out) + b"trailer\n<</Size %d/Root 1 0 R>>\n%%%%EOF" % (len(objects) + 1)


def _page(content: bytes, filters: bytes = b"", kids: bytes = b"[3 0 R]") -> bytes:
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids " + kids + b">>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), filters, content),
    )  # fmt: skip


def _articles() -> Iterator[Command]:
    text = _SENTENCE.encode()
    for name, file, content, says, code in (
        ("empty", "a.txt", b"", "no text", 1), ("nul", "a.txt", b"\0" * 900, "neither", 1), ("binary", "a.txt", bytes(range(256)) * 50, "neither", 1), ("odd-utf-16", "a.txt", b"\xff\xfea", "neither", 1),
        ("utf-32", "a.txt", _SENTENCE.encode("utf-32"), "neither", 1), ("digits", "a.txt", b"9" * 50_000, "", 0), ("numbers", "a.txt", b"1 " * 40_000, "article_numbers", 1), ("signs", "a.txt", "（".encode() * 20_000, "", 0),
        ("units", "a.txt", ("亿元" * 5_000).encode(), "", 0), ("characters", "a.txt", b"x" * 2_100_000, "article_characters", 1), ("escapes", "a.txt", b"\x1b[31m" + text, "", 0), ("yaml", "a.txt", b'": !!python/object x\n- "' + text, "", 0),
        ("pipe", "a.txt", PIPE, "pipe", 1), ("pipe-docx", "a.docx", PIPE, "pipe", 1), ("pipe-pdf", "a.pdf", PIPE, "pipe", 1), ("pipe-html", "a.html", PIPE, "pipe", 1), ("ending", "a.exe", text, "no kind of article", 1),
        ("deep-html", "a.html", b"<div>" * 50_000 + text, "deep", 1), ("open-html", "a.html", b"<p>" * 50_000 + text, "deep|elements|", 0), ("entity", "a.html", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;' + text, "", 0),
        ("script", "a.html", b"<script>alert(1)</script><p>" + text, "", 0), ("frame", "a.html", b'<iframe src="file:///etc/passwd"></iframe><p>' + text, "", 0), ("charset", "a.html", b'<meta charset="undefined"><p>' + text, "", 0),
        ("punycode", "a.html", b'<meta charset="punycode"><p>' + text, "", 0), ("spans", "a.html", b"<table><tr><td colspan=999999999>1</td></tr></table><p>" + text, "", 0),
        ("no-docx", "a.docx", b"hello", "not a .docx", 1), ("old-docx", "a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password", 1), ("cut-docx", "a.docx", lambda: _letter()[:900], "damaged", 1),
        ("no-pdf", "a.pdf", b"hello", "PDF", 1), ("cut-pdf", "a.pdf", _page(b"BT ET")[:80], "PDF|no text", 1), ("bomb-pdf", "a.pdf", lambda: _page(zlib.compress(b" " * 200_000_000, 9), b"/Filter/FlateDecode"), "limit|no text|PDF", 1),
        ("loop-pdf", "a.pdf", _page(b"BT ET", kids=b"[2 0 R]"), "PDF|no text|limit", 1), ("root-pdf", "a.pdf", _pdf(b"1 0 R"), "PDF|no text", 1), ("deep-pdf", "a.pdf", _pdf(b"[" * 50_000), "PDF|no text", 1),
        ("columns-pdf", "a.pdf", lambda: _page(zlib.compress(b"x" * 99), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 999999999>>"), "limit|no text|PDF", 1),
    ):  # fmt: skip
        given = content if content is PIPE else _bytes(content)  # type: ignore[arg-type]
        yield Command(
            f"article-{name}",
            ("extract", file, "-o", "draft.yaml"),
            says,
            code,
            {file: given},
            absent=("root:",),
        )  # type: ignore[arg-type]
    for name, more, says, code in (
        ("over-itself", ("-o", "a.txt"), "there already", 1), ("over-other", ("-o", "other"), "there already", 1), ("over-pipe", ("-o", "pipe", "--force"), "pipe or device", 1), ("over-folder", ("-o", "folder", "--force"), "folder", 1),
        ("no-day", ("-o", "d.yaml", "--date", "99999-99-99"), "--date", 2), ("indicators-pipe", ("-o", "d.yaml", "--indicators", "pipe"), "pipe", 1), ("indicators-passwd", ("-o", "d.yaml", "--indicators", "/etc/passwd"), "line 1", 1),
        ("update-pipe", ("--update", "pipe"), "pipe", 1), ("update-secret", ("--update", "secret.yaml"), "no fields", 1),
    ):  # fmt: skip
        yield Command(f"extract-{name}", ("extract", "a.txt", *more), says, code, {"a.txt": text, "pipe": PIPE, "other": b"mine", "folder/x": b"x"},
                      {"secret.yaml": "../secret.txt"}, absent=("root:",))  # fmt: skip


# -- deliveries and schedules ----------------------------------------------------------------------


def _targets() -> Iterator[Command]:
    mail = "{retries: 0, seconds: 2, mail: {host: 127.0.0.1, port: 9, security: none, from: a@example.org, to: [b@example.org]%s}}"
    hook = "{retries: 0, seconds: 2, webhook: {url: %s, secret_env: HOOK_SECRET}}"
    for number, target in enumerate((
        '{folder: "{title}"}', '{folder: "{edition.__class__}"}', '{folder: "a\\nb"}', "{store: 'file:///x'}", "{store: 'ftp://x/y'}", "{store: 's3://user:hunter2@b/x'}", "{store: 'http://127.0.0.1/x'}",
        mail % ', subject: "a\\nBcc: e@example.org"', mail % ', subject: "{nope}"', mail % ', cc: ["x\\n@y.org"]', mail % ', bcc: ["a@b.org\\r\\nX: y"]', mail % ', cc: ["a@b.org, c@d.org"]', mail % ', subject: "\\u2028Bcc: x"',
        mail % ", password: hunter2", hook % "'file:///etc/passwd'", hook % "'ftp://x'", "{folder: a, chat: {url_env: X}}", "{}", "{folder: a, retries: 99999}", "{folder: a, link: 'javascript:x'}",
        '{folder: a, link: "https://x/\\n"}', "{webhook: {url: 'https://example.org/', secret: hunter2}}", "{chat: {url: 'https://hooks.example.org/hunter2'}}",
    )):  # fmt: skip
        yield _build(
            f"target-{number}",
            f"{_document()}deliver:\n  t: {target}\n",
            "deliver",
            absent=("hunter2",),
        )


def _schedules() -> Iterator[Command]:
    for number, rule in enumerate((
        'cron: ""', "cron: x", 'cron: "99 * * * *"', 'cron: "* * * * 8"', 'cron: "5-1 * * * *"', 'cron: "@reboot"', 'cron: "\\0"', 'cron: "-1 * * * *"', 'every: "0 minutes"', 'every: "-1 hours"', "every: x", 'every: "99999999999999999999 weeks"',
        'cron: "0 0 * * *", time_zone: "../../etc/passwd"', 'cron: "0 0 * * *", time_zone: "/etc/passwd"', 'cron: "0 0 * * *", time_zone: Nope/Zone', 'cron: "0 0 * * *", time_zone: "UTC\\0"', 'cron: "0 0 * * *", time_zone: ' + "x" * 5_000,
        'cron: "0 0 * * *", blackout: [x]', 'cron: "0 0 * * *", blackout: ["2026-02-30"]', 'cron: "0 0 * * *", blackout: [2026-10-07..2026-10-01]', 'cron: "0 0 * * *", missed: nope', 'cron: "0 0 * * *", retries: 99999', 'cron: "0 0 * * *", name: "a\\nb"', 'cron: "0 0 * * *", name: ../x',
    )):  # fmt: skip
        yield Command(f"schedule-{number}", ("schedule", "next", "-n", "1"), "schedule", 1,
                      {"t.docx": _template, "d.csv": b"a\nx\n", "report.yaml": _bytes(f"{_document()}schedule: {{{rule}}}\n")})  # fmt: skip
