"""Delivery by mail, over TLS; a repeated mail has the same Message-ID."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from generator.delivery.channel import Sending
from generator.delivery.credentials import PassingError
from generator.delivery.parcel import media_type
from generator.delivery.texts import html_text, plain_text, subject_of
from generator.model.delivery_definition import MailDefinition, filled, split_address

if TYPE_CHECKING:
    import smtplib

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_POLICY = policy.SMTP.clone(cte_type="7bit")


class MailChannel:
    """Sends one mail to all addresses of a target."""

    def place(self, sending: Sending) -> str:
        mail = _mail_of(sending)
        for variable in filter(None, (mail.user_env, mail.password_env)):
            if not sending.credentials.secret(variable).isascii():
                raise sending.credentials.error(
                    f"{variable} holds signs beyond ASCII, which mail servers do not take alike",
                    "choose another user or password for the server",
                )
        _context(sending, mail)
        size = sending.parcel.size
        if mail.attach and size > mail.attachment_bytes:
            raise sending.credentials.error(
                f"the files have {size:,} bytes, and the mail may carry {mail.attachment_bytes:,} "
                "(attachment_bytes)", "deliver them to a folder or store, and write attach: false "
                "with a link: here",
            )  # fmt: skip
        told = ", ".join(split_address(text)[1] for text in (*mail.to, *mail.cc))
        hidden = f"{len(mail.bcc)} in bcc" if mail.bcc else ""
        return f"{', '.join(filter(None, (told, hidden)))} by {mail.host}:{_port(mail)}"

    def send(self, sending: Sending) -> str:
        mail = _mail_of(sending)
        wanted = [split_address(text)[1] for text in (*mail.to, *mail.cc, *mail.bcc)]
        left = [address for address in dict.fromkeys(wanted) if address not in sending.done]
        if not left:
            return "all addresses have it"
        message = make_message(sending)
        data = message.as_bytes()
        with _session(sending, mail) as server:
            _check_size(sending, server, len(data))
            refused = server.sendmail(split_address(mail.sender)[1], left, data)
        sending.note([address for address in left if address not in refused])
        if refused:
            raise _refusal(sending, refused, len(left))
        return f"Message-ID {message['Message-ID']}"


def _mail_of(sending: Sending) -> MailDefinition:
    assert sending.target.mail is not None
    return sending.target.mail


def _port(mail: MailDefinition) -> int:
    return mail.port or _PORTS[mail.security]


def make_message(sending: Sending) -> EmailMessage:
    """Return the mail of a delivery; addresses in bcc do not stand in it."""
    mail, parcel = _mail_of(sending), sending.parcel
    link = filled(sending.target.link, parcel.places) if sending.target.link else None
    message = EmailMessage(_POLICY)
    message["From"] = _addresses([mail.sender])
    for name, texts in (("To", mail.to), ("Cc", mail.cc)):
        if texts:
            message[name] = _addresses(texts)
    if not (mail.to or mail.cc):
        message["To"] = "undisclosed-recipients:;"
    if mail.reply_to:
        message["Reply-To"] = _addresses([mail.reply_to])
    message["Subject"] = subject_of(parcel, mail.subject)
    message["Date"] = format_datetime(sending.now)
    domain = split_address(mail.sender)[1].rpartition("@")[2]
    message["Message-ID"] = f"<{sending.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain_text(parcel, link), cte="base64")
    message.add_alternative(html_text(parcel, link), subtype="html", cte="base64")
    if mail.attach:
        for file in parcel.files:
            main, _, sub = media_type(file.name).partition("/")
            message.add_attachment(
                parcel.contents[file.name], maintype=main, subtype=sub, filename=file.name
            )
    return message


def _addresses(texts: Sequence[str]) -> list[Address]:
    pairs = [split_address(text) for text in texts]
    return [Address(display_name=name, addr_spec=address) for name, address in pairs]


def _context(sending: Sending, mail: MailDefinition) -> ssl.SSLContext | None:
    return None if mail.security == "none" else trusting(sending, mail.ca)


def trusting(sending: Sending, ca: str | None) -> ssl.SSLContext:
    """Return what checks certificates: against those of the system, or of a file.

    Raises:
        DeliveryError: the file cannot be read.
    """
    path = None if ca is None else (sending.project / Path(ca).expanduser())
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise sending.credentials.error(
            f"the certificates in {path} cannot be read", "write ca: with the path of a PEM file"
        ) from error


@contextmanager
def _session(sending: Sending, mail: MailDefinition) -> Iterator[smtplib.SMTP]:
    """Give a connection that is protected and signed in; failures are told as ours."""
    import smtplib

    host, port = mail.host, _port(mail)
    server: smtplib.SMTP | None = None
    timer: Timer | None = None
    try:
        server = _connected(sending, mail)
        timer = Timer(sending.target.seconds, _shut, (server,))
        timer.daemon = True
        timer.start()
        if mail.security == "starttls":
            server.starttls(context=_context(sending, mail))
        if mail.user_env and mail.password_env:
            secret = sending.credentials.secret
            server.login(secret(mail.user_env), secret(mail.password_env))
        server.ehlo_or_helo_if_needed()
        yield server
    except ssl.SSLCertVerificationError as error:
        raise sending.credentials.error(
            f"the certificate of {host} is not trusted: {error.verify_message}",
            "check host:; for a certificate of your own write ca:",
        ) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise PassingError(
            f"the mail server {host}:{port} ends the talk", "try again later"
        ) from None
    except ssl.SSLError as error:
        raise sending.credentials.error(
            f"{host}:{port} speaks no TLS that is accepted: {error.reason or error}",
            "security: starttls goes with port 587, tls with 465",
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        what = "STARTTLS" if "STARTTLS" in str(error) else "signing in"
        raise sending.credentials.error(
            f"{host}:{port} does not offer {what}", "check host:, port: and security:"
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(sending, error.recipients, len(error.recipients)) from None
    except smtplib.SMTPResponseException as error:
        raise _answer(sending, mail, error.smtp_code, error.smtp_error) from None
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise PassingError(
            f"the mail server {host}:{port} cannot be reached or ends the talk: {reason}",
            "check host: and port:, or try again later",
        ) from None
    finally:
        if timer is not None:
            timer.cancel()
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def _connected(sending: Sending, mail: MailDefinition) -> smtplib.SMTP:
    import smtplib

    port, seconds = _port(mail), sending.target.seconds
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, port, timeout=seconds, context=_context(sending, mail))
    return smtplib.SMTP(mail.host, port, timeout=seconds)


def _shut(server: smtplib.SMTP) -> None:
    """End a talk whose time is over, so that nothing is sent behind our back."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def _check_size(sending: Sending, server: smtplib.SMTP, size: int) -> None:
    told = server.esmtp_features.get("size", "")
    if told.isdecimal() and 0 < int(told) < size:
        raise sending.credentials.error(
            f"the mail has {size:,} bytes, and the server takes at most {int(told):,}",
            "deliver to a folder or store, and write attach: false with a link: here",
        )


def _answer(sending: Sending, mail: MailDefinition, code: int, text: bytes | str) -> Exception:
    """Return the failure that an answer of the server is."""
    said = f"{code} {_readable(text)}"
    if code in (530, 534, 535, 538):
        return sending.credentials.error(
            f"{mail.host} refuses user or password: {said}",
            f"check {mail.user_env} and {mail.password_env}" if mail.user_env
            else "write user_env: and password_env:",
        )  # fmt: skip
    if 400 <= code < 500 or code < 100:
        return PassingError(f"{mail.host} answers {said}", "try again later")
    return sending.credentials.error(
        f"{mail.host} refuses the mail: {said}", "check from:, and what the server allows"
    )


def _refusal(sending: Sending, refused: dict[str, tuple[int, bytes]], asked: int) -> Exception:
    """Return the failure that refused addresses are; the others have the mail."""
    told = "; ".join(f"{a}: {code} {_readable(text)}" for a, (code, text) in refused.items())
    message = f"{len(refused)} of {asked} addresses are refused: {told}"
    hint = "correct them; who has the mail already does not get it again"
    if all(400 <= code < 500 for code, _ in refused.values()):
        return PassingError(message, hint)
    return sending.credentials.error(message, hint)


def _readable(text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:200]
