"""Batches: what is made, what is left, what is told; in this process, and in processes that die."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.batch.orders import BatchResult, Order
from generator.batch.running import run_batch
from generator.batch.work import Made, Task
from generator.errors import BatchError, ChoiceError, DataError, OutputError, ReportError
from generator.model.limits import Limits, within
from tests.support.batches import Harm, letters, names, text_of, write_batch
from tests.support.packages import docx_bytes


def messages(result: BatchResult) -> list[str]:
    return [problem.message for problem in result.problems]


def states(order: Order) -> tuple[dict[str, str], BatchResult]:
    """Run a batch; return what became of each document, and the result."""
    found: dict[str, str] = {}

    def note(task: Task, made: Made) -> None:
        found[task.name] = made.state

    result = run_batch(order, on_document=note)
    return found, result


@pytest.mark.parametrize("jobs", [0, 2])
def test_makes_one_document_for_each_row(tmp_path: Path, jobs: int) -> None:
    order = replace(write_batch(tmp_path, names(60)), jobs=jobs)

    result = run_batch(order)

    assert result.counts == {"made": 60}
    assert result.problems == []
    assert letters(tmp_path / "out") == {f"{n}.docx": f"Dear Ms {n}, number {n}" for n in range(60)}
    assert not list((tmp_path / "out").rglob("*.part"))


def test_a_row_and_what_all_share_are_names_of_the_template(tmp_path: Path) -> None:
    order = write_batch(
        tmp_path, ["1,Li"], text="{{ row.name }} {{ name }} {{ year }} {{ no + 1 }}"
    )

    run_batch(replace(order, context={"year": 2025, "name": "shared"}))

    assert letters(tmp_path / "out") == {"1.docx": "Li Li 2025 2"}


@pytest.mark.parametrize(
    ("out", "name"),
    [
        ("{no}-{name}.docx", "1-Li.docx"), ("{{ no }}-{name}.docx", "1-Li.docx"),
        ("{{ name | lower }}.docx", "li.docx"), ("{name}/{no}.docx", "Li/1.docx"),
        ("{full name}.docx", "Li Wei.docx"), ("{{ row['full name'] }}.docx", "Li Wei.docx"),
    ],
)  # fmt: skip
def test_names_come_from_columns(tmp_path: Path, out: str, name: str) -> None:
    order = write_batch(tmp_path, ["1,Li,Li Wei"], header="no,name,full name")

    run_batch(replace(order, out=f"{tmp_path}/out/{out}"))

    assert (tmp_path / "out" / name).is_file()


def test_rows_without_a_safe_name_of_their_own_fail_and_the_others_go_on(tmp_path: Path) -> None:
    order = write_batch(tmp_path, ["a,1", "../b,2", "A,3", "con,4", ",5", "c"])

    result = run_batch(order)

    assert letters(tmp_path / "out").keys() == {"a.docx"}
    assert result.counts == {"made": 1, "failed": 5}
    assert messages(result) == [
        "\"../b\" cannot be part of a file name: it holds '/' (row 2)",
        '"con.docx" cannot be written: Windows keeps the name "con" for a device (row 4)',
        '".docx" cannot be written: the name is empty or begins with a full stop (row 5)',
        "the line has 1 cell, the first line has 2 (row 6)",
        '"A.docx" is the name of row 1 already (row 3)',
    ]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    order = write_batch(tmp_path, ["1,x"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").symlink_to(tmp_path)

    result = run_batch(replace(order, out=f"{tmp_path}/out/{{name}}/{{no}}.docx"))

    assert messages(result) == ['"x/1.docx" lies outside of the output folder (row 1)']
    assert not (tmp_path / "1.docx").exists()


def test_failures_are_told_once_and_written_one_by_one(tmp_path: Path) -> None:
    text = "{{ 1 / no }}{% if no == 2 %}{{ unknown }}{% endif %}"
    order = write_batch(tmp_path, ["0,a", "1,b", "2,c", "3"], text=text)

    result = run_batch(replace(order, failures=tmp_path / "failures.csv"))

    assert result.counts == {"made": 1, "failed": 3}
    lines = (tmp_path / "failures.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "row,line,name,code,message,where,hint"
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["4", "5", "", "source-format"], ["1", "2", "0.docx", "expression"],
        ["3", "4", "2.docx", "undefined-name"],
    ]  # fmt: skip
    assert 'no name ""unknown""' in lines[3]


def test_a_batch_without_failures_writes_an_empty_list_of_them(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(1))

    run_batch(replace(order, failures=tmp_path / "failures.jsonl"))

    assert (tmp_path / "failures.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("change", "kind", "message", "where", "hint"),
    [
        ({"out": "out/a.docx"}, ChoiceError, "every row would have the same name", "--out",
         "put a column into the name, as in 'letters/{name}.docx'"),
        ({"out": "out/{no}.pptx"}, OutputError, "a template for .docx cannot give this file",
         "out/{no}.pptx", "let its name end in .docx"),
        ({"out": "out/{no.docx"}, ChoiceError, 'a "{" stands alone in the name of the result',
         "--out", "write it like 'letters/{name}.docx'"),
        ({"failures": Path("x.txt")}, ChoiceError, 'failures are not written as ".txt"', "x.txt",
         "let the name end in .csv or .jsonl"),
        ({"out": "nowhere://a/{no}.docx"}, ChoiceError, '"nowhere://" is no store that is known',
         "--out", "s3://, gs://, abfs://, sftp://, or a folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any],
    kind: type[ReportError], message: str, where: str, hint: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    order = write_batch(tmp_path, names(2))

    with pytest.raises(kind) as caught:
        run_batch(replace(order, **change))

    assert (caught.value.message, str(caught.value.where), caught.value.hint) == (
        message, where, hint,
    )  # fmt: skip
    assert not list(tmp_path.glob("out/*"))


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        run_batch(write_batch(tmp_path, []))

    assert caught.value.message == "there are no rows"
    assert caught.value.hint == "one document is made for each row"


def test_a_file_that_breaks_off_gives_the_rows_before_and_an_error(tmp_path: Path) -> None:
    result = run_batch(write_batch(tmp_path, ["1,a", '2,"b']))

    assert result.counts == {"made": 1}
    assert messages(result) == ["this is not a valid table: unexpected end of data"]


# -- going on --


def test_resume_makes_only_what_is_missing_damaged_or_changed(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(6))
    run_batch(order)
    out = tmp_path / "out"
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.docx")}
    (out / "1.docx").unlink()
    (out / "2.docx").write_bytes((out / "2.docx").read_bytes()[:500])
    rows = [*names(6), "6,new"]
    rows[3] = "3,changed"
    (tmp_path / "rows.csv").write_text("\n".join(["no,name", *rows]), encoding="utf-8")

    found, result = states(replace(order, resume=True))

    assert found == {
        "0.docx": "kept", "1.docx": "made", "2.docx": "made", "3.docx": "made", "4.docx": "kept",
        "5.docx": "kept", "6.docx": "made",
    }  # fmt: skip
    assert letters(out)["3.docx"] == "Dear changed, number 3"
    assert {n: (out / n).stat().st_mtime_ns == t for n, t in before.items()} == {
        "0.docx": True, "1.docx": False, "2.docx": False, "3.docx": False, "4.docx": True,
        "5.docx": True,
    }  # fmt: skip
    assert result.problems == []


def test_resume_makes_all_anew_when_the_template_or_the_shared_data_changed(tmp_path: Path) -> None:
    order = replace(write_batch(tmp_path, names(2)), resume=True)
    run_batch(order)

    assert set(states(order)[0].values()) == {"kept"}
    assert set(states(replace(order, context={"a": 1}))[0].values()) == {"unchanged"}
    (tmp_path / "letter.docx").write_bytes(docx_bytes("new {{ name }}"))
    assert set(states(order)[0].values()) == {"made"}


def test_an_edited_document_is_left_alone_and_force_keeps_it_beside(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(2))
    run_batch(order)
    edited = docx_bytes("by hand")
    (tmp_path / "out/1.docx").write_bytes(edited)

    assert states(order)[0] == {"0.docx": "unchanged", "1.docx": "edited"}
    assert states(replace(order, resume=True))[0] == {"0.docx": "kept", "1.docx": "edited"}
    assert (tmp_path / "out/1.docx").read_bytes() == edited

    assert states(replace(order, force=True))[0] == {"0.docx": "unchanged", "1.docx": "made"}
    assert (tmp_path / "out/1 (edited).docx").read_bytes() == edited
    assert text_of(tmp_path / "out/1.docx") == "Dear Ms 1, number 1"


@pytest.mark.parametrize("harm", ["deleted", "truncated", "nonsense"])
def test_without_its_ledger_a_batch_looks_at_everything_anew(tmp_path: Path, harm: str) -> None:
    order = write_batch(tmp_path, names(3))
    ledger = run_batch(order).ledger
    if harm == "deleted":
        ledger.unlink()
    else:
        ledger.write_bytes(ledger.read_bytes()[:5000] if harm == "truncated" else b"x" * 300)

    found, result = states(replace(order, resume=True))

    assert set(found.values()) == {"unchanged"}
    assert set(states(replace(order, resume=True))[0].values()) == {"kept"}
    assert len(result.problems) == (harm != "deleted")


def test_a_newer_ledger_stops_the_batch_and_stays(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(3))
    ledger = run_batch(order).ledger
    with sqlite3.connect(ledger) as db:
        db.execute("PRAGMA user_version=2")
    db.close()

    with pytest.raises(BatchError) as caught:
        run_batch(order)

    assert caught.value.message == "the ledger was written by a newer version of this program"
    assert set(states(replace(order, ledger=tmp_path / "other"))[0].values()) == {"unchanged"}


# -- where to --


def test_one_zip_in_the_order_of_the_rows(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(30))
    made = []
    for jobs in (0, 2):
        result = run_batch(
            replace(order, out="letters/{no}.docx", zip=tmp_path / f"{jobs}.zip", jobs=jobs)
        )
        assert result.zip == tmp_path / f"{jobs}.zip"
        made.append((tmp_path / f"{jobs}.zip").read_bytes())

    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "0.zip") as archive:
        assert archive.namelist() == [f"letters/{n}.docx" for n in range(30)]
        assert text_of(archive.read("letters/7.docx")) == "Dear Ms 7, number 7"


def test_a_zip_with_failures_can_be_completed(tmp_path: Path) -> None:
    order = write_batch(tmp_path, ["0,a", "1,b"], text="{{ 1 / no }}")
    order = replace(order, out="{no}.docx", zip=tmp_path / "a.zip")
    assert run_batch(order).counts == {"made": 1, "failed": 1}
    (tmp_path / "rows.csv").write_text("no,name\n2,a\n1,b\n", encoding="utf-8")

    found, _ = states(replace(order, resume=True))

    assert found == {"2.docx": "made", "1.docx": "kept"}
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["2.docx", "1.docx"]


def test_an_object_store_gets_whole_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.chdir(tmp_path)
    store = fsspec.filesystem("memory")
    order = replace(write_batch(tmp_path, names(3)), out="memory://letters/{no}.docx", jobs=2)

    assert run_batch(order).counts == {"made": 3}
    assert text_of(store.cat_file("/letters/2.docx")) == "Dear Ms 2, number 2"
    store.rm("/letters/1.docx")
    assert states(replace(order, resume=True))[0] == {
        "0.docx": "kept", "1.docx": "made", "2.docx": "kept",
    }  # fmt: skip


# -- what goes wrong --


def test_a_result_never_replaces_its_template_or_data(tmp_path: Path) -> None:
    order = write_batch(tmp_path, ["letter,x", "1,y"])
    before = (tmp_path / "letter.docx").read_bytes()

    result = run_batch(replace(order, out=f"{tmp_path}/{{no}}.docx"))

    assert messages(result) == ["the result would overwrite a file that it is made from (row 1)"]
    assert (tmp_path / "letter.docx").read_bytes() == before
    assert result.counts == {"made": 1, "failed": 1}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_ends_the_batch_and_the_rest_can_be_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    order = write_batch(tmp_path, names(40))
    left = [5]
    write = os.write

    def full(handle: int, data: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            write(handle, bytes(data)[:100])
            raise OSError(code, os.strerror(code))
        return write(handle, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        result = run_batch(order)

    assert result.counts == {"made": 5}
    assert messages(result) == [f"the document cannot be written: {os.strerror(code)}"]
    assert len(letters(tmp_path / "out")) == 5
    assert not list((tmp_path / "out").rglob("*.part"))
    found, _ = states(replace(order, resume=True))
    assert sorted(found.values()) == ["kept"] * 5 + ["made"] * 35


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that even root cannot write")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    order = replace(write_batch(tmp_path, names(1)), out="/proc/self/{no}.docx")

    with pytest.raises(OutputError) as caught:
        run_batch(order)

    assert caught.value.message.startswith("the output folder cannot be written: ")
    assert str(caught.value.where) == "/proc/self"
    assert caught.value.hint == "choose another folder in --out"


def test_a_folder_in_the_way_is_the_failure_of_its_row(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(3))
    (tmp_path / "out/1.docx").mkdir(parents=True)

    result = run_batch(order)

    assert result.counts == {"made": 2, "failed": 1}
    assert result.problems[0].hint == "remove the folder of this name"


def test_what_changes_while_a_batch_is_at_work_is_told(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(200))

    def meddle(task: Task, made: Made) -> None:
        if task.number == 1:
            (tmp_path / "letter.docx").write_bytes(docx_bytes("other"))
            (tmp_path / "out/0.docx").write_bytes(docx_bytes("other"))

    result = run_batch(order, on_document=meddle)

    assert messages(result) == [
        "the template changed while the batch was at work; all documents are from the one that it "
        "began with"
    ]
    assert result.problems[0].severity == "warning"
    assert letters(tmp_path / "out")["199.docx"] == "Dear Ms 199, number 199"
    found, _ = states(replace(order, resume=True))
    assert found["0.docx"] in ("edited", "unchanged")
    assert found["1.docx"] == "made"


def test_data_that_change_while_they_are_read_are_told(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(20))

    def meddle(task: Task, made: Made) -> None:
        if task.number == 1:
            with (tmp_path / "rows.csv").open("a", encoding="utf-8") as stream:
                stream.write("x,y\n")

    result = run_batch(order, on_document=meddle)

    assert messages(result) == [
        "the data changed while they were read; rows may be of either version"
    ]


# -- processes that die --

FATAL = "Dear {{ name }}, number {{ no }}{% if no in (3, 17) %}{{ harm }}{% endif %}"


def harmed(folder: Path, harm: Harm, jobs: int = 2) -> Order:
    order = write_batch(folder, names(60), text=FATAL)
    return replace(order, jobs=jobs, context={"harm": harm})


def test_rows_that_kill_their_process_are_set_aside_and_all_others_are_made(
    tmp_path: Path,
) -> None:
    result = run_batch(harmed(tmp_path, Harm("kill")))

    assert result.counts == {"made": 58, "failed": 2} or (
        result.counts.get("made", 0) + result.counts.get("unchanged", 0) == 58
    )
    assert result.counts["failed"] == 2
    assert len(letters(tmp_path / "out")) == 58
    assert messages(result) == [
        "the process that made it ended twice, so the row was set aside (row 4 and 1 more)"
    ] or messages(result) == [
        "the process that made it ended twice, so the row was set aside (row 18 and 1 more)"
    ]


def test_a_process_that_is_killed_once_costs_no_document(tmp_path: Path) -> None:
    result = run_batch(harmed(tmp_path, Harm("kill", str(tmp_path / "mark"))))

    assert result.problems == []
    assert len(letters(tmp_path / "out")) == 60
    assert sum(result.counts.values()) == 60


def test_a_row_that_takes_too_long_is_ended_and_told(tmp_path: Path) -> None:
    with within(Limits(worker_seconds=1.5)):
        result = run_batch(harmed(tmp_path, Harm("sleep")))

    assert result.counts["failed"] == 2
    assert len(letters(tmp_path / "out")) == 58
    assert {problem.message.split(" (row")[0] for problem in result.problems} == {
        "rendering takes longer than 1.5 seconds (limit worker_seconds)"
    }


@pytest.mark.skipif(sys.platform == "win32", reason="memory is not limited there")
def test_a_row_that_needs_too_much_memory_is_told(tmp_path: Path) -> None:
    result = run_batch(harmed(tmp_path, Harm("memory")))

    assert result.counts == {"made": 58, "failed": 2}
    assert messages(result)[0].startswith(
        "rendering needs more than 1,000 MB of memory (limit worker_memory)"
    )


def test_processes_that_cannot_begin_are_an_error(tmp_path: Path) -> None:
    order = replace(write_batch(tmp_path, names(3)), jobs=1, context={"long": "x" * 200_000_000})

    with within(Limits(worker_memory=60_000_000)), pytest.raises(BatchError) as caught:
        run_batch(order)

    assert caught.value.message == "the processes that make the documents end before they begin"
    assert caught.value.hint == "raise the limit worker_memory, or use fewer --jobs"


def test_no_document_is_written_twice_by_two_batches_at_once(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(400))
    failures: list[ReportError] = []
    begun = threading.Event()

    def first() -> None:
        run_batch(order, on_document=lambda *_: (begun.set(), time.sleep(0.005)))

    thread = threading.Thread(target=first)
    thread.start()
    begun.wait(20)
    try:
        run_batch(order)
    except ReportError as error:
        failures.append(error)
    thread.join()

    assert [error.message for error in failures] == ["another batch is at work here"]
    assert len(list((tmp_path / "out").glob("*.docx"))) == 400


def test_a_write_gives_the_digest_of_the_file(tmp_path: Path) -> None:
    order = write_batch(tmp_path, names(5))
    seen: dict[str, bytes] = {}

    run_batch(order, on_document=lambda task, made: seen.update({task.name: made.digest}))

    assert seen == {
        path.name: hashlib.sha256(path.read_bytes()).digest()
        for path in (tmp_path / "out").glob("*.docx")
    }
