"""The ledger of a batch."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from generator.batch.ledger import Ledger
from generator.batch.work import Known
from generator.errors import BatchError

A, B = b"a" * 16, b"b" * 16
DIGEST = b"d" * 32


def filled(path: Path, count: int = 3) -> None:
    with Ledger(path) as ledger:
        ledger.add([(f"{n}.docx", A, DIGEST, n, n) for n in range(count)])


def test_knows_what_was_finished_and_whether_it_is_current(tmp_path: Path) -> None:
    filled(tmp_path / "l")

    with Ledger(tmp_path / "l") as ledger:
        found = ledger.known([("1.docx", A), ("2.docx", B), ("9.docx", A)], is_resumed=True)

    assert found == {"1.docx": Known(DIGEST, 1, True), "2.docx": Known(DIGEST, 2, False)}


def test_nothing_is_current_for_a_batch_that_begins_anew(tmp_path: Path) -> None:
    filled(tmp_path / "l")

    with Ledger(tmp_path / "l") as ledger:
        assert not ledger.known([("1.docx", A)], is_resumed=False)["1.docx"].is_current


def test_lists_the_documents_of_this_run_only_in_the_order_of_rows(tmp_path: Path) -> None:
    filled(tmp_path / "l")

    with Ledger(tmp_path / "l") as ledger:
        ledger.add([("x.docx", A, DIGEST, 5, 2), ("1.docx", A, DIGEST, 5, 1)])
        assert [name for name, *_ in ledger.documents()] == ["1.docx", "x.docx"]
        assert ledger.count() == 2


def test_a_name_is_claimed_once_whatever_its_case(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l") as ledger:
        assert ledger.claim([("a.docx", 1), ("b.docx", 2)]) == {}
        assert ledger.claim([("A.docx", 3), ("c.docx", 4), ("C.DOCX", 5)]) == {3: 1, 5: 4}
        assert ledger.claim([("\u00e9.docx", 6), ("e\u0301.docx", 7)]) == {7: 6}


def test_what_was_claimed_is_free_in_the_next_run(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l") as ledger:
        ledger.claim([("a.docx", 1)])

    with Ledger(tmp_path / "l") as ledger:
        assert ledger.claim([("a.docx", 1)]) == {}


def test_a_second_batch_is_told_that_one_is_at_work(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l"), pytest.raises(BatchError) as caught:
        Ledger(tmp_path / "l")

    assert caught.value.message == "another batch is at work here"
    assert str(caught.value.where) == str(tmp_path / "l")
    assert caught.value.hint == "wait until it is done, or name another --ledger"


def test_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path / "l")
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute("PRAGMA user_version=9")
    db.close()
    before = (tmp_path / "l").read_bytes()

    with pytest.raises(BatchError) as caught:
        Ledger(tmp_path / "l")

    assert caught.value.message == "the ledger was written by a newer version of this program"
    assert caught.value.hint == "update the program, or name another file with --ledger"
    assert (tmp_path / "l").read_bytes() == before


def test_a_database_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute("CREATE TABLE mine (a)")
        db.execute("PRAGMA user_version=1")
    db.close()

    with pytest.raises(BatchError) as caught:
        Ledger(tmp_path / "l")

    assert caught.value.message == "this file is no ledger of a batch"


@pytest.mark.parametrize("left", [0, 50, 100, 4096, 9000, -1])
def test_a_truncated_ledger_is_begun_anew_and_kept(tmp_path: Path, left: int) -> None:
    path = tmp_path / "l"
    filled(path, 2_000)
    data = path.read_bytes()
    path.write_bytes(data[:left] if left >= 0 else b"no database at all " * 100)

    with Ledger(path) as ledger:
        assert ledger.known([("1.docx", A)], is_resumed=True) == {}
        ledger.add([("1.docx", A, DIGEST, 5, 1)])
        assert ledger.count() == 1
        if left:
            assert "the ledger was damaged" in ledger.notices[0].message
            assert (tmp_path / "l.damaged").exists()


def test_an_empty_database_of_another_program_gets_no_tables_of_ours(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "l") as db:
        db.execute("PRAGMA application_id=7")
    db.close()

    with pytest.raises(BatchError):
        Ledger(tmp_path / "l")
