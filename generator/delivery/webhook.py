"""Delivery of a signed message to an address: what was built, with digests, and what changed.

The signature is that of Standard Webhooks: HMAC-SHA256 over id, time and body. The id is the same
whenever the same is sent again. Redirections are not followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import ssl
from contextlib import closing, suppress
from threading import Timer
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from generator.delivery.channel import Sending
from generator.delivery.credentials import PassingError
from generator.delivery.mail import trusting
from generator.model.delivery_definition import WebhookDefinition, filled
from generator.sources.connection import (
    Connection,
    PlainConnection,
    ProtectedConnection,
    addresses_of,
    is_public,
    shut,
)

_PREFIX = "whsec_"
_SHORTEST_SECRET = 16
#: Answers that say: try again.
_AGAIN = (408, 409, 423, 425, 429, 500, 502, 503, 504)
_MOST_READ = 65_536


def signature(secret: bytes, identity: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message, as its header holds it."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


class WebhookChannel:
    """Posts one message for each edition."""

    def place(self, sending: Sending) -> str:
        hook = _hook_of(sending)
        _secret(sending, hook)
        parts = _address(sending, hook)
        if parts.scheme == "https":
            trusting(sending, hook.ca)
        path = "/..." if hook.url_env else parts.path
        return f"{parts.scheme}://{parts.netloc}{path}"

    def send(self, sending: Sending) -> str:
        hook = _hook_of(sending)
        parts, secret, body = _address(sending, hook), _secret(sending, hook), _body(sending)
        timestamp = int(sending.now.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "report-generator",
            "Connection": "close",
            "Idempotency-Key": sending.key,
            "webhook-id": sending.key,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, sending.key, timestamp, body),
        }
        status, reason, wait = _post(sending, hook, parts, headers, body)
        if 200 <= status < 300:
            return f"answered {status}"
        told = f"{parts.hostname} answers {status} {reason[:60]}".rstrip()
        if status in _AGAIN:
            raise PassingError(told, "try again later", wait)
        if 300 <= status < 400:
            raise sending.credentials.error(
                f"{told}: it leads elsewhere, and that is not followed",
                "write the address where it ends",
            )
        raise sending.credentials.error(told, "check the address, and the secret on both sides")


def _hook_of(sending: Sending) -> WebhookDefinition:
    assert sending.target.webhook is not None
    return sending.target.webhook


def _body(sending: Sending) -> bytes:
    link = sending.target.link
    record = sending.parcel.record()
    record["link"] = filled(link, sending.parcel.places) if link else None
    return json.dumps(record, ensure_ascii=False).encode()


def _secret(sending: Sending, hook: WebhookDefinition) -> bytes:
    value = sending.credentials.secret(hook.secret_env)
    secret = value.encode()
    if value.startswith(_PREFIX):
        try:
            secret = base64.b64decode(value[len(_PREFIX) :], validate=True)
        except binascii.Error:
            raise sending.credentials.error(
                f"what {hook.secret_env} holds after {_PREFIX} is not base64",
                "copy the secret again",
            ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise sending.credentials.error(
            f"the secret in {hook.secret_env} is shorter than {_SHORTEST_SECRET} bytes",
            "make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    return secret


def _address(sending: Sending, hook: WebhookDefinition) -> SplitResult:
    """Return the address in plain ASCII, without its fragment.

    Raises:
        DeliveryError: it is none that is allowed.
    """
    error = sending.credentials.error
    if hook.url_env:
        url = sending.credentials.secret_address(hook.url_env, open_host=True)
    else:
        url = str(hook.url)
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        name = host if ":" in host else host.encode("idna").decode()
    except ValueError:  # UnicodeError is one
        raise error("the webhook has no address", "write https://host/path") from None
    if parts.scheme not in ("https", "http") or not name:
        raise error("the webhook has no address", "write https://host/path")
    if parts.scheme == "http" and not hook.http:
        raise error(f"the webhook of {host} is not protected (http)",
                    "use https, or write http: true if that is meant")  # fmt: skip
    if parts.username is not None or parts.password is not None:
        raise error("the address of the webhook holds a user or a password",
                    "the signature says who sends; drop them")  # fmt: skip
    place = f"[{name}]" if ":" in name else name
    return SplitResult(
        parts.scheme,
        place if port is None else f"{place}:{port}",
        quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"),
        quote(parts.query, safe="/?%:@!$&'()*+,;=~-._"),
        "",
    )


def _checked_host(sending: Sending, hook: WebhookDefinition, host: str, port: int) -> str:
    """Return the address to connect to, so that no later answer of a name server counts."""
    try:
        found = addresses_of(host, port)
    except (OSError, UnicodeError):
        raise PassingError(f'the host "{host}" cannot be found', "check the address") from None
    for text in found:
        if not hook.private and not is_public(text):
            raise sending.credentials.error(
                f'the host "{host}" leads into a private network ({text})',
                "if it is meant, write private: true",
            )
    if not found:
        raise PassingError(f'the host "{host}" has no address', "check the address")
    return found[0]


def _post(
    sending: Sending, hook: WebhookDefinition, parts: SplitResult, headers: dict[str, str],
    body: bytes,
) -> tuple[int, str, float | None]:  # fmt: skip
    """Return status, reason, and the seconds that the answer asks to wait."""
    host, seconds = parts.hostname or "", sending.target.seconds
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked_host(sending, hook, host, port)
    connection: Connection
    if parts.scheme == "http":
        connection = PlainConnection(address, host, port, seconds)
    else:
        connection = ProtectedConnection(address, host, port, seconds, trusting(sending, hook.ca))
    timer = Timer(seconds, shut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        with closing(connection):
            connection.request("POST", urlunsplit(("", "", *parts[2:4], "")), body, headers)
            answer = connection.getresponse()
            wait = answer.headers.get("Retry-After") or ""
            with suppress(OSError, http.client.HTTPException):
                answer.read(_MOST_READ)
            reason = "".join(sign for sign in answer.reason if sign.isprintable())
            return answer.status, reason, float(wait) if wait.isdecimal() else None
    except ssl.SSLCertVerificationError as failure:
        raise sending.credentials.error(
            f"the certificate of {host} is not trusted: {failure.verify_message}",
            "check the address; for a certificate of your own write ca:",
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or type(failure).__name__
        raise PassingError(
            f"the connection to {host} fails: {reason}", "check the address, or try again later"
        ) from None
    finally:
        timer.cancel()
