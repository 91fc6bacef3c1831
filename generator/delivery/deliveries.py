"""Deliveries of an edition, one for each target: planned, made once, retried and recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Literal

from generator.delivery.channel import Channel, Sending
from generator.delivery.credentials import Credentials, PassingError
from generator.delivery.ledger import DeliveryRecord, Ledger, unwritable
from generator.delivery.parcel import make_parcel
from generator.editions.store import Edition, EditionFile, find_edition
from generator.errors import (
    ChoiceError,
    DataError,
    DefinitionError,
    DeliveryError,
    Location,
    Problem,
    TargetDownError,
    near_name_hint,
)
from generator.model.delivery_definition import DeliveryDefinition, DeliveryKind
from generator.model.report import ReportDefinition
from generator.sources.definition import read_definition

DeliveryState = Literal["sent", "already sent", "to be sent"]
#: The longest pause between two tries, in seconds.
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """An edition on its way to a target. ``key`` is the same for one edition and target."""

    key: str
    target: str
    definition: DeliveryDefinition
    where: Location

    @property
    def kind(self) -> DeliveryKind:
        return self.definition.kind


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What came of a delivery; ``to be sent`` is what a dry run says.

    ``sent`` is the time in UTC, ``note`` what is worth knowing, ``tries`` how many it took.
    """

    delivery: Delivery
    state: DeliveryState
    place: str
    files: tuple[EditionFile, ...]
    sent: str | None = None
    note: str = ""
    tries: int = 0

    @property
    def key(self) -> str:
        return self.delivery.key

    @property
    def target(self) -> str:
        return self.delivery.target


def find_what_to_deliver(definition: Path, name: str) -> tuple[ReportDefinition, Edition]:
    """Return the report of a definition and one of its editions; ``last`` is the newest.

    Raises:
        ChoiceError: the report has no targets, or there is no such edition.
        ReportError: the definition is wrong.
    """
    report = read_definition(definition)
    if not report.entry.deliver:
        raise ChoiceError(
            "the report has no targets", Location(report.file),
            "add them under deliver: (docs/delivery.md)",
        )  # fmt: skip
    return report, find_edition(report.output, name)


def planned_deliveries(
    report: ReportDefinition, edition: Edition, targets: Sequence[str] = ()
) -> tuple[Delivery, ...]:
    """Return the deliveries of an edition, in the order of the definition; or to some targets.

    Raises:
        ChoiceError: there is no such target.
        DefinitionError: a target asks for a document that the report does not have.
    """
    known = report.entry.deliver
    for name in targets:
        if name not in known:
            raise ChoiceError(
                f'there is no target "{name}"', Location(report.file),
                near_name_hint(name, list(known)) or (
                    f"known: {', '.join(known)}" if known else "add targets under deliver:"
                ),
            )  # fmt: skip
    wanted = {name: known[name] for name in known if not targets or name in targets}
    problems = [problem for name in wanted for problem in _unknown_documents(report, name)]
    if problems:
        raise DefinitionError.of(problems)
    return tuple(
        Delivery(_key(edition, name), name, target, _where(report, name))
        for name, target in wanted.items()
    )


def _where(report: ReportDefinition, name: str) -> Location:
    return Location(report.file, (f'target "{name}"',), report.lines.get(("deliver", name)))


def _unknown_documents(report: ReportDefinition, name: str) -> list[Problem]:
    known = report.entry.documents
    return [
        Problem(f'there is no document "{document}"', _where(report, name),
                near_name_hint(document, list(known)) or f"known: {', '.join(known)}",
                code="definition")
        for document in report.entry.deliver[name].documents
        if document not in known
    ]  # fmt: skip


def _key(edition: Edition, target: str) -> str:
    """Return a key that no other edition has, even if one is given the same name again."""
    parts = (edition.name, edition.built, target, *sorted(edition.digests.items()))
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{edition.name}.{target}.{digest[:16]}"


def deliver(
    report: ReportDefinition,
    edition: Edition,
    delivery: Delivery,
    *,
    environment: Mapping[str, str],
    dry_run: bool = False,
    again: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = sleep,
) -> DeliveryOutcome:
    """Deliver an edition to a target, unless that was done already.

    ``environment`` holds what is secret. ``dry_run`` finds out where it would go and what is
    missing, without a network. ``again`` delivers it once more although it was delivered.

    Raises:
        DeliveryError: it could not be delivered; also after trying again.
    """
    credentials = Credentials(environment, delivery.where)
    parcel = make_parcel(report, edition, delivery.definition, delivery.where)
    channel = _channel(delivery.kind)
    ledger = Ledger.of(report.output)

    def sending(record: DeliveryRecord, note: Callable[[Sequence[str]], None]) -> Sending:
        return Sending(
            parcel, delivery.definition, credentials, record.round_key, report.folder,
            report.output, now(), tuple(record.done), note, again,
        )  # fmt: skip

    def outcome(state: DeliveryState, record: DeliveryRecord) -> DeliveryOutcome:
        return DeliveryOutcome(
            delivery, state, record.place, parcel.files, record.sent, record.note, record.tries
        )

    def prepared(record: DeliveryRecord) -> DeliveryRecord:
        """Find out what is wrong before anything is noted or sent."""
        record.place = credentials.hidden(channel.place(sending(record, lambda parts: None)))
        try:
            _ = parcel.contents, parcel.manifest
        except DataError as error:  # the facts of the edition are damaged
            raise DeliveryError.of(error.problems) from error
        return record

    if dry_run:
        record = ledger.read(delivery.key)
        if record is not None and record.sent and not again:
            return outcome("already sent", record)
        return outcome("to be sent", prepared(record or _new_record(delivery, edition)))
    with ledger.held(delivery.target, delivery.where):
        record = ledger.read(delivery.key)
        if record is not None and record.sent and not again:
            return outcome("already sent", record)
        record = prepared(_begun(record, delivery, edition, now()))
        _write_first(ledger, record)
        _try(ledger, record, channel, sending, delivery.definition.retries, credentials, sleep)
        _finish(ledger, record, credentials, now())
        return outcome("sent", record)


def _channel(kind: DeliveryKind) -> Channel:
    if kind == "folder":
        from generator.delivery.folder import FolderChannel

        return FolderChannel()
    if kind == "store":
        from generator.delivery.stores import StoreChannel

        return StoreChannel()
    if kind == "mail":
        from generator.delivery.mail import MailChannel

        return MailChannel()
    if kind == "webhook":
        from generator.delivery.webhook import WebhookChannel

        return WebhookChannel()
    from generator.delivery.chat import ChatChannel

    return ChatChannel()


def _new_record(delivery: Delivery, edition: Edition) -> DeliveryRecord:
    return DeliveryRecord(delivery.key, edition.name, delivery.target, delivery.kind)


def _begun(
    record: DeliveryRecord | None, delivery: Delivery, edition: Edition, now: datetime
) -> DeliveryRecord:
    """Return the record of a delivery that begins; one that was interrupted keeps its round."""
    fresh = _new_record(delivery, edition)
    fresh.begun = _time(now)
    if record is not None:
        fresh.round = record.round + (1 if record.sent else 0)
        fresh.done = [] if record.sent else record.done
    return fresh


def _time(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


def _write_first(ledger: Ledger, record: DeliveryRecord) -> None:
    try:
        ledger.write(record)
    except OSError as error:
        raise unwritable(ledger.folder, error) from error


def _try(
    ledger: Ledger, record: DeliveryRecord, channel: Channel,
    sending: Callable[[DeliveryRecord, Callable[[Sequence[str]], None]], Sending], retries: int,
    credentials: Credentials, sleep: Callable[[float], None],
) -> None:  # fmt: skip
    """Send until it is done, with longer and longer pauses."""

    def note(parts: Sequence[str]) -> None:
        record.done += parts
        _keep(ledger, record)

    for attempt in range(retries + 1):
        record.tries = attempt + 1
        try:
            record.note = credentials.hidden(channel.send(sending(record, note)))
            record.failure = None
            return
        except PassingError as passing:
            if attempt == retries:
                tries = f" (tried {retries + 1} times)" if retries else ""
                told = credentials.error(f"{passing.message}{tries}", passing.hint)
                record.failure = told.message
                _keep(ledger, record)
                raise TargetDownError.of(told.problems) from None  # libraries may tell secrets
            pause = passing.pause if passing.pause is not None else float(2**attempt)
        except DeliveryError as error:
            record.failure = error.message
            _keep(ledger, record)
            raise
        sleep(min(pause, _LONGEST_PAUSE))


def _keep(ledger: Ledger, record: DeliveryRecord) -> None:
    """Keep what is known on the way; where that fails, the failure itself matters more."""
    try:
        ledger.write(record)
    except OSError:
        return


def _finish(
    ledger: Ledger, record: DeliveryRecord, credentials: Credentials, now: datetime
) -> None:
    record.sent = _time(now)
    try:
        ledger.write(record)
    except OSError as error:
        raise credentials.error(
            f"it was sent, but that cannot be recorded: {error.strerror}",
            f"let {ledger.folder} be written; the next delivery will send it once more",
        ) from error
