"""Delivery of a short message to a chat: Slack, Teams, 飞书, 企业微信, 钉钉, through apprise."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from generator.delivery.channel import Sending, in_time
from generator.delivery.credentials import PassingError
from generator.delivery.texts import short_text, subject_of
from generator.model.delivery_definition import filled

_FORMS = (
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu://{}"),
    (re.compile(r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)/?"), "lark://{}"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk://{}"),
)


class ChatChannel:
    """Sends a message to the service that an address of apprise, or of the service, names."""

    def place(self, sending: Sending) -> str:
        if find_spec("apprise") is None:
            raise sending.credentials.error(
                "chats need the package apprise",
                "install it: pip install 'report-generator[notify]'",
            )
        return f"{_service(sending).service_name} ({_variable(sending)})"

    def send(self, sending: Sending) -> str:
        parcel = sending.parcel
        link = filled(sending.target.link, parcel.places) if sending.target.link else None
        service = _service(sending)
        with _overheard() as told:
            try:
                is_sent = in_time(
                    sending.target.seconds,
                    lambda: service.notify(
                        body=short_text(parcel, link), title=subject_of(parcel, None),
                        body_format="text",
                    ),
                )  # fmt: skip
            except PassingError:
                raise
            except Exception as error:  # of the library: any class, with anything in its text
                raise sending.credentials.error(
                    f"{service.service_name} fails: {type(error).__name__}: {error}",
                    f"check what {_variable(sending)} holds",
                ) from None
        if not is_sent:
            reason = f": {'; '.join(told)[:300]}" if told else ""
            raise PassingError(
                f"{service.service_name} does not take the message{reason}",
                f"check what {_variable(sending)} holds, or try again later",
            )
        return str(service.service_name)


def _variable(sending: Sending) -> str:
    assert sending.target.chat is not None
    return sending.target.chat.url_env


def _service(sending: Sending) -> Any:
    """Return the service that the address names; this asks nobody.

    Raises:
        DeliveryError: apprise does not know it.
    """
    import apprise

    url = sending.credentials.secret_address(_variable(sending), open_host=False)
    asset = apprise.AppriseAsset(app_id="make-report", secure_logging=True)
    with _overheard():
        found = apprise.Apprise.instantiate(_known_form(url), asset=asset, suppress_exceptions=True)
    if found is None:
        raise sending.credentials.error(
            f"what {_variable(sending)} holds is no address of a chat",
            "take the webhook's address of the service, or one of apprise, as slack://...",
        )
    return found


def _known_form(url: str) -> str:
    """Return an address as apprise knows it: it lacks those that 飞书 and 钉钉 show their users."""
    for pattern, form in _FORMS:
        found = pattern.fullmatch(url)
        if found:
            return form.format(found[1])
    return url


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Give what apprise logs, and let it go nowhere else: it may hold what is secret."""
    told: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(" ".join(record.getMessage().split()))

    logger, listener = logging.getLogger("apprise"), Listener(logging.WARNING)
    goes_on, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        yield told
    finally:
        logger.removeHandler(listener)
        logger.propagate = goes_on
