"""What is secret comes from the environment, and is never told."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from generator.errors import DeliveryError, Location, Problem

#: Parts of a secret address that are long enough to be secret on their own.
_SHORTEST_PART = 5


@dataclass(slots=True)
class Credentials:
    """The environment of a delivery; it knows what was taken from it, and hides that in texts."""

    environment: Mapping[str, str]
    where: Location
    _hidden: set[str] = field(default_factory=set)

    def secret(self, variable: str) -> str:
        """Return what an environment variable holds, a whole secret.

        Raises:
            DeliveryError: it is not set.
        """
        value = self.environment.get(variable, "").strip()
        if not value:
            raise DeliveryError(
                f"the environment variable {variable} is not set", self.where,
                "set it before the report is delivered",
            )  # fmt: skip
        coded = base64.b64encode(value.encode()).decode()
        self._hidden |= {value, quote(value), quote(value, safe=""), coded}
        return value

    def secret_address(self, variable: str, *, open_host: bool) -> str:
        """Return an address of which all parts are secret; the host is not if ``open_host``.

        Raises:
            DeliveryError: it is not set.
        """
        value = self.secret(variable)
        try:
            parts = urlsplit(value)
        except ValueError:
            return value
        texts = [parts.path, parts.query, parts.username or "", parts.password or ""]
        texts += [] if open_host else [parts.hostname or "", parts.netloc]
        pieces = [piece for text in texts for piece in (text, *re.split(r"[/&=]", text))]
        for piece in pieces:
            if len(piece) >= _SHORTEST_PART:
                self._hidden |= {piece, unquote(piece)}
        return value

    def hidden(self, text: str) -> str:
        """Return a text with stars in the place of what is secret, however it got there."""
        for secret in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def error(self, message: str, hint: str | None = None) -> DeliveryError:
        """Return an error in which nothing secret stands."""
        return DeliveryError(
            self.hidden(message), self.where, hint if hint is None else self.hidden(hint)
        )

    def problem(self, message: str, hint: str | None = None) -> Problem:
        """Return a warning in which nothing secret stands."""
        return Problem(
            self.hidden(message), self.where, hint if hint is None else self.hidden(hint),
            "warning", "delivery",
        )  # fmt: skip


class PassingError(Exception):
    """A failure that may pass: the delivery is tried again, after ``pause`` seconds if told so."""

    def __init__(self, message: str, hint: str | None = None, pause: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.pause = pause
