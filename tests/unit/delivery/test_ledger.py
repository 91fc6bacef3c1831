"""What was delivered is known, whatever happens to the program or to the record."""

from __future__ import annotations

import json
import pickle
import threading
from pathlib import Path

import pytest

from generator.delivery import ledger as ledgers
from generator.delivery.ledger import DeliveryRecord, Ledger
from generator.errors import ChoiceError, DefinitionError, DeliveryError, Location
from tests.support.deliveries import delivered, planned, project_with


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """A project with an edition and a target."""
    return project_with(tmp_path, "  shelf: {folder: shelf}")


def record_of(definition: Path) -> Path:
    return Ledger.of(definition.parent / "output").path(planned(definition).key)


def test_what_was_delivered_is_not_delivered_again(definition):
    first = delivered(definition)
    (definition.parent / "shelf/note-zh.docx").unlink()

    second = delivered(definition)

    assert (first.state, second.state) == ("sent", "already sent")
    assert (second.sent, second.place, second.tries) == (first.sent, first.place, 1)
    assert not (definition.parent / "shelf/note-zh.docx").exists()


def test_again_is_a_round_of_its_own(definition):
    delivered(definition)
    delivered(definition, again=True)

    record = Ledger.of(definition.parent / "output").read(planned(definition).key)

    assert record is not None
    assert (record.round, record.round_key) == (2, f"{record.key}.2")


def test_a_dry_run_writes_nothing(definition):
    outcome = delivered(definition, dry_run=True)

    assert (outcome.state, outcome.sent) == ("to be sent", None)
    assert outcome.place == str((definition.parent / "shelf").resolve())
    assert not (definition.parent / "shelf").exists()
    assert not (definition.parent / "output/editions/deliveries").exists()


def test_a_dry_run_knows_what_was_delivered(definition):
    sent = delivered(definition).sent

    assert (delivered(definition, dry_run=True).state, sent is not None) == ("already sent", True)


def test_a_damaged_record_stops_the_delivery(definition):
    delivered(definition)
    record = record_of(definition)
    record.write_bytes(record.read_bytes()[:40])

    with pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert "cannot be read, so it is not known whether it was sent" in caught.value.message
    assert str(caught.value.where) == str(record)
    assert caught.value.hint == "remove the file to send it, perhaps once more"


def test_a_record_of_a_newer_program_stops_the_delivery(definition):
    delivered(definition)
    record = record_of(definition)
    record.write_text(json.dumps({**json.loads(record.read_text()), "version": 2}))

    with pytest.raises(DeliveryError, match="of a newer program \\(version 2\\)") as caught:
        delivered(definition)

    assert caught.value.hint == "use that program, or a later one"


def test_nothing_is_sent_that_cannot_be_recorded(definition, monkeypatch):
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledgers, "write_whole", full)
    with pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert caught.value.message == (
        "deliveries cannot be recorded, so nothing was sent: No space left on device"
    )
    assert caught.value.hint == "make room, or let the folder be written"
    assert not (definition.parent / "shelf").exists()


def test_a_ledger_that_cannot_be_written_is_told(definition):
    (definition.parent / "output/editions/deliveries").write_text("a file")

    with pytest.raises(DeliveryError, match="deliveries cannot be recorded, so nothing was sent"):
        delivered(definition)


def test_what_was_sent_and_cannot_be_noted_is_told(definition, monkeypatch):
    write, calls = ledgers.write_whole, []

    def full_later(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(ledgers, "write_whole", full_later)
    with pytest.raises(DeliveryError, match="it was sent, but that cannot be recorded") as caught:
        delivered(definition)

    assert "the next delivery will send it once more" in str(caught.value.hint)


def test_one_program_at_a_time_delivers_to_a_target(definition, monkeypatch):
    monkeypatch.setattr(ledgers, "_PATIENCE", 0.1)
    ledger = Ledger.of(definition.parent / "output")

    with ledger.held("shelf", Location("report.yaml")), pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert caught.value.message == 'another run is delivering to "shelf"'
    assert caught.value.hint == "wait until it is done, then deliver again"


def test_two_at_once_send_it_once(definition):
    states: list[str] = []
    threads = [
        threading.Thread(target=lambda: states.append(delivered(definition).state))
        for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(states) == ["already sent"] * 3 + ["sent"]


def test_an_edition_of_the_same_name_with_other_files_is_another(definition, tmp_path):
    first = planned(definition).key
    other = project_with(tmp_path / "other", "  shelf: {folder: shelf}")

    assert planned(other).key == first  # the same files, built at the same time
    manifest = tmp_path / "output/editions/2026-11-23-1/manifest.json"
    kept = json.loads(manifest.read_text("utf-8"))
    kept["files"][0]["digest"] = "0" * 64
    manifest.write_text(json.dumps(kept), "utf-8")
    assert planned(definition).key != first


def test_the_last_failure_is_recorded(tmp_path):
    away = tmp_path / "away"
    definition = project_with(tmp_path / "project", f"  shelf: {{folder: '{away}/{{edition}}'}}")

    with pytest.raises(DeliveryError):
        delivered(definition)

    record = Ledger.of(tmp_path / "project/output").read(planned(definition).key)
    assert record is not None
    assert (record.sent, record.tries) == (None, 1)
    assert record.failure == f"there is no folder {tmp_path}/away"


def test_facts_that_are_damaged_are_a_failure_of_the_delivery(definition):
    facts = definition.parent / "output/editions/2026-11-23-1/facts.json"
    earlier = facts.with_name("manifest.json")
    kept = json.loads(earlier.read_text("utf-8"))
    earlier.write_text(json.dumps({**kept, "earlier": "2026-11-22-1"}), "utf-8")
    facts.write_text("{")

    with pytest.raises(DeliveryError, match="the facts of the edition cannot be read"):
        delivered(definition)


def test_what_came_of_a_delivery_can_be_kept_by_others(definition):
    outcome = delivered(definition)
    error = DeliveryError("m", Location("f"), "h")

    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_records_come_back_as_they_were(tmp_path):
    ledger = Ledger(tmp_path)
    record = DeliveryRecord("k", "2026-11-23-1", "b", "mail", "x", done=["a@b.cn"], note="好")

    ledger.write(record)

    assert ledger.read("k") == record
    assert ledger.read("other") is None


def test_an_unknown_target_is_told_with_the_nearest(definition):
    with pytest.raises(ChoiceError) as caught:
        planned(definition, "shelv")

    assert caught.value.message == 'there is no target "shelv"'
    assert str(caught.value.where) == "report.yaml"
    assert caught.value.hint == 'did you mean "shelf"?'


def test_a_report_without_targets_is_told(tmp_path):
    from tests.support.projects import write_project

    with pytest.raises(ChoiceError) as caught:
        planned(write_project(tmp_path))

    assert caught.value.message == "the report has no targets"
    assert caught.value.hint == "add them under deliver: (docs/delivery.md)"


def test_an_unknown_document_is_told(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf, documents: [nots]}")

    with pytest.raises(DefinitionError) as caught:
        planned(definition)

    assert caught.value.message == 'there is no document "nots"'
    assert str(caught.value.where) == 'report.yaml, line 11, target "shelf"'
    assert caught.value.hint == 'did you mean "note"?'


def test_an_edition_without_the_files_of_a_target_is_told(tmp_path):
    definition = project_with(tmp_path, "  shelf: {folder: shelf, documents: [deck]}")
    manifest = tmp_path / "output/editions/2026-11-23-1/manifest.json"
    kept = json.loads(manifest.read_text("utf-8"))
    kept["files"] = [file for file in kept["files"] if file["document"] != "deck"]
    manifest.write_text(json.dumps(kept), "utf-8")

    with pytest.raises(DeliveryError) as caught:
        delivered(definition)

    assert caught.value.message == "the edition 2026-11-23-1 has no file that goes to this target"
