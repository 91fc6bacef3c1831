"""What is secret comes from the environment, and is never told."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from generator.errors import DeliveryError, Location, Problem

#: Signs from which a text is hidden wherever it stands; parts of an address must have so many.
_SHORTEST_PART = 8
_PARTS = re.compile(r"[/?&=#]")


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
        _, _, rest = value.partition("://")
        place, slash, path = rest.partition("/")
        user, _, host = place.rpartition("@")
        texts = [user, *user.split(":"), *_PARTS.split(path)]
        texts += [slash + path] if open_host else [place, host, host.lower(), rest]
        for text in filter(None, texts):
            if text in user or len(text) >= _SHORTEST_PART:
                self._hidden |= {text, unquote(text)}
        return value

    def hidden(self, text: str) -> str:
        """Return a text with stars in the place of what is secret, however it got there."""
        for secret in sorted(self._hidden, key=len, reverse=True):
            if len(secret) >= _SHORTEST_PART:
                text = text.replace(secret, "***")
            else:  # as a word only: a letter of a word is no secret
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
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
