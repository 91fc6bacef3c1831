"""A mail server on this machine: STARTTLS or TLS, sign-in, refusals, faults."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.support.certificates import Authority


@dataclass(frozen=True)
class Mail:
    """A mail as it came in."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    is_protected: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)  # type: ignore[return-value]


@dataclass
class MailServer:
    """What the server does, and what it got.

    ``refused`` are answers to addresses; ``answers`` answer the next mails instead of taking them,
    ``None`` ends the talk after a mail was taken, before that is said.
    """

    port: int = 0
    authority: Authority | None = None
    security: str = "starttls"
    users: dict[str, str] = field(default_factory=dict)
    size: int | None = None
    refused: dict[str, str] = field(default_factory=dict)
    answers: list[str | None] = field(default_factory=list)
    on_data: Callable[[], None] = lambda: None
    mails: list[Mail] = field(default_factory=list)


class _Handler(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        self.desk = self.server.desk
        self.is_protected = False
        self.user: str | None = None
        try:
            if self.desk.security == "tls":
                self._protect()
            self._talk()
        except (OSError, ValueError):
            return
        finally:
            self.request.close()

    def _protect(self) -> None:
        assert self.desk.authority is not None
        self.request = self.desk.authority.context().wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.is_protected = True

    def _say(self, *lines: str) -> None:
        for number, line in enumerate(lines, 1):
            sign = " " if number == len(lines) else "-"
            self.wfile.write(f"{line[:3]}{sign}{line[4:]}\r\n".encode())

    def _line(self) -> str:
        line = self.rfile.readline(10_000)
        if not line:
            raise ConnectionError
        return line.decode("utf-8").rstrip("\r\n")

    def _talk(self) -> None:
        sender, recipients = "", []
        self._say("220 localhost ready")
        while True:
            line = self._line()
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say(*self._abilities())
                case "STARTTLS":
                    self._say("220 go on")
                    self._protect()
                case "AUTH":
                    self._sign_in(rest)
                case "MAIL":
                    sender, recipients = line.partition("<")[2].partition(">")[0], []
                    may = not self.desk.users or self.user
                    self._say("250 fine" if may else "530 5.7.0 sign in first")
                case "RCPT":
                    address = line.partition("<")[2].partition(">")[0]
                    answer = self.desk.refused.get(address, "250 fine")
                    recipients += [address] if answer.startswith("250") else []
                    self._say(answer)
                case "DATA":
                    self._say("354 go on")
                    self._take(sender, tuple(recipients), self._data())
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _abilities(self) -> list[str]:
        found = ["250 localhost"]
        if self.desk.security == "starttls" and not self.is_protected:
            found.append("250 STARTTLS")
        if self.desk.users:
            found.append("250 AUTH PLAIN")
        if self.desk.size is not None:
            found.append(f"250 SIZE {self.desk.size}")
        return found

    def _sign_in(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        if self.desk.users.get(user) == password:
            self.user = user
            self._say("235 welcome")
        else:
            self._say(f"535 5.7.8 wrong: {password}")  # a server that tells what it was told

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _take(self, sender: str, recipients: tuple[str, ...], data: bytes) -> None:
        answer = self.desk.answers.pop(0) if self.desk.answers else "250 taken"
        if answer is None or answer.startswith("250"):
            self.desk.mails.append(Mail(sender, recipients, data, self.is_protected, self.user))
            self.desk.on_data()
        if answer is None:
            raise ConnectionError
        self._say(answer)


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    desk: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        return


@contextmanager
def mail_server(**options: object) -> Iterator[MailServer]:
    """Run a mail server on a free port until the block ends."""
    desk = MailServer(**options)  # type: ignore[arg-type]
    with _Listener(("127.0.0.1", 0), _Handler) as listener:
        listener.desk = desk
        desk.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield desk
        finally:
            listener.shutdown()
            thread.join()
