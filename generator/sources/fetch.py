"""Bytes from an address: TLS, allowed hosts, public addresses only, limits of time and size.

The name is resolved once and the connection goes to the very address that was checked, so that
another answer of the name server cannot lead elsewhere; each redirection is checked anew. Proxies
of the environment are not used.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from generator.errors import DataError, Location
from generator.model.dataset_definition import NetworkDefinition
from generator.sources.connection import (
    Connection,
    PlainConnection,
    ProtectedConnection,
    addresses_of,
    is_public,
    shut,
)

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (429, 500, 502, 503, 504)
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave, its media type, and when it began to be fetched is the caller's."""

    data: bytes
    media_type: str


class _TryAgainError(Exception):
    """A failure that may pass: of the connection, or an answer that says so."""


@dataclass(slots=True)
class Fetcher:
    """Fetches addresses within the limits of a definition; ``where`` is the place of messages.

    ``resolve`` gives the addresses of a host; ``context`` checks certificates.
    """

    network: NetworkDefinition
    where: Location
    resolve: Callable[[str, int], list[str]] = field(default_factory=lambda: addresses_of)
    sleep: Callable[[float], None] = sleep
    context: ssl.SSLContext | None = None
    _until: float = 0.0

    def fetch(self, url: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Fetched:
        """Return what an address gives with these parameters.

        Raises:
            DataError: the address is not allowed, cannot be reached, or gives too much or an error.
        """
        self._until = monotonic() + self.network.seconds
        parts = urlsplit(self._checked(url, None))
        if parameters:
            query = "&".join(text for text in (parts.query, urlencode(parameters)) if text)
            parts = parts._replace(query=query)
        for attempt in range(self.network.retries + 1):
            try:
                return self._follow(urlunsplit(parts), headers)
            except _TryAgainError as reason:
                pause = 0.5 * 2**attempt
                is_last = attempt == self.network.retries
                if is_last or monotonic() + pause > self._until:
                    raise self._error(str(reason), "try again later") from reason
                self.sleep(pause)
        raise AssertionError("unreachable")

    def _error(self, message: str, hint: str | None = None) -> DataError:
        return DataError(message, self.where, hint)

    # -- what is allowed --

    def _checked(self, url: str, first_host: str | None) -> str:
        """Return an address without its fragment, in plain ASCII.

        Raises:
            DataError: its scheme, host or form is not allowed.
        """
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise self._error("this is no address", "write https://host/path") from error
        if parts.scheme not in ("https", "http") or not host:
            raise self._error(f'"{parts.scheme or url[:40]}" is no address that is fetched',
                              "write https://host/path")  # fmt: skip
        if parts.scheme == "http" and not self.network.http:
            raise self._error("the address is not protected (http)",
                              "use https, or write network: {http: true}")  # fmt: skip
        if parts.username is not None or parts.password is not None:
            raise self._error("the address holds a user or a password",
                              "send them as a header from an environment variable")  # fmt: skip
        allowed = {name.lower() for name in self.network.hosts}
        if not allowed and first_host is not None:
            allowed = {first_host}
        if allowed and host.lower() not in allowed:
            raise self._error(f'the host "{host}" is not allowed',
                              f"if it is meant, add it: network: {{hosts: [{host}]}}")  # fmt: skip
        try:
            name = host if ":" in host else host.encode("idna").decode()
        except UnicodeError as error:
            raise self._error(f'"{host}" is no host', "write https://host/path") from error
        place = f"[{name}]" if ":" in name else name
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
        return urlunsplit(
            (parts.scheme, place if port is None else f"{place}:{port}", path, query, "")
        )

    def _address(self, host: str, port: int) -> str:
        """Return the address to connect to.

        Raises:
            DataError: one of the addresses of the host is not public.
        """
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise _TryAgainError(f'the host "{host}" cannot be found') from error
        if not found:
            raise _TryAgainError(f'the host "{host}" has no address')
        for text in found:
            if not self.network.private and not is_public(text):
                raise self._error(f'the host "{host}" leads into a private network ({text})',
                                  "if it is meant, write network: {private: true}")  # fmt: skip
        return found[0]

    # -- one request --

    def _follow(self, url: str, headers: Mapping[str, str]) -> Fetched:
        first = urlsplit(url)
        sent = dict(headers)
        for _ in range(_MOST_REDIRECTS + 1):
            status, answer, target = self._request(url, sent)
            if status not in _REDIRECTS:
                return answer
            if not target:
                break
            try:
                target = urljoin(url, target)
            except ValueError as error:
                raise self._error("the address leads on to what is no address",
                                  "give the address where it ends") from error  # fmt: skip
            url = self._checked(target, (first.hostname or "").lower())
            now = urlsplit(url)
            if (now.scheme, now.netloc) != (first.scheme, first.netloc):
                sent = {}  # what is secret goes to nobody else
        raise self._error(f"the address leads on more than {_MOST_REDIRECTS} times, or nowhere",
                          "give the address where it ends")  # fmt: skip

    def _request(self, url: str, headers: Mapping[str, str]) -> tuple[int, Fetched, str]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        left = self._until - monotonic()
        if left <= 0:
            raise self._late()
        connection = self._connection(parts.scheme, host, port, left)
        timer = threading.Timer(left, shut, (connection,))
        timer.daemon = True
        timer.start()
        try:
            target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            connection.request("GET", target, headers={
                "Accept": "application/json, text/csv, */*;q=0.5", "Accept-Encoding": "gzip",
                "User-Agent": "report-generator", "Connection": "close", **headers,
            })  # fmt: skip
            with connection.getresponse() as answer:
                return self._answered(answer)
        except ssl.SSLCertVerificationError as error:
            raise self._error(f"the certificate of {host} is not trusted: {error.verify_message}",
                              "check the address") from error  # fmt: skip
        except (OSError, http.client.HTTPException, ValueError) as error:
            if monotonic() >= self._until:
                raise self._late() from error
            name = getattr(error, "strerror", None) or type(error).__name__
            raise _TryAgainError(f"the connection to {host} fails: {name}") from error
        finally:
            timer.cancel()
            connection.close()

    def _answered(self, answer: http.client.HTTPResponse) -> tuple[int, Fetched, str]:
        told = f"the server answers {answer.status} {answer.reason[:60]}"
        if answer.status in _REDIRECTS:
            return answer.status, Fetched(b"", ""), answer.headers.get("Location") or ""
        if answer.status in _AGAIN:
            raise _TryAgainError(told)
        if answer.status != 200:
            raise self._error(told, "check the address, and what is sent with it")
        return 200, Fetched(self._body(answer), answer.headers.get_content_type()), ""

    def _connection(self, scheme: str, host: str, port: int, left: float) -> Connection:
        address = self._address(host, port)
        if scheme == "http":
            return PlainConnection(address, host, port, left)
        return ProtectedConnection(
            address, host, port, left, self.context or ssl.create_default_context()
        )

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        most = self.network.bytes
        length = answer.headers.get("Content-Length") or ""
        if length.isdecimal() and int(length) > most:
            raise self._too_much()
        encoding = (answer.headers.get("Content-Encoding") or "identity").lower()
        if encoding not in ("identity", "gzip"):
            raise self._error(f'the answer is packed as "{encoding[:20]}"', "use another address")
        inflate = zlib.decompressobj(31) if encoding == "gzip" else None
        data = bytearray()
        while chunk := answer.read1(_CHUNK):
            if monotonic() >= self._until:
                raise self._late()
            while chunk:
                room = most + 1 - len(data)
                data += self._inflated(inflate, chunk, room) if inflate else chunk[:room]
                if len(data) > most:
                    raise self._too_much()
                chunk = inflate.unconsumed_tail if inflate else b""
        if monotonic() >= self._until:  # what looks like its end is where it was cut
            raise self._late()
        is_cut = inflate is not None and not inflate.eof
        if is_cut or (length.isdecimal() and not inflate and len(data) < int(length)):
            raise _TryAgainError("the answer ends too early")
        return bytes(data)

    def _inflated(self, inflate: Any, chunk: bytes, room: int) -> bytes:
        try:
            data: bytes = inflate.decompress(chunk, room)
        except zlib.error as error:
            raise self._error("the answer is not packed as it says (gzip)",
                              "use another address") from error  # fmt: skip
        return data

    def _too_much(self) -> DataError:
        return self._error(f"the answer has more than {self.network.bytes:,} bytes (limit bytes)",
                           "ask for less, or raise bytes: of network")  # fmt: skip

    def _late(self) -> DataError:
        return self._error(f"the answer takes more than {self.network.seconds} seconds "
                           "(limit seconds)", "try again, or raise it under network:")  # fmt: skip
