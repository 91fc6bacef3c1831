"""Where editions go: the targets under ``deliver:`` in ``report.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from generator.model.dataset_definition import FromEnvironment, Variable
from generator.model.insert import Language
from generator.model.record import Identifier, Record, Text, Unfit, Wording

DeliveryKind = Literal["folder", "store", "mail", "webhook", "chat"]
KINDS: tuple[DeliveryKind, ...] = ("folder", "store", "mail", "webhook", "chat")

#: What stands for something in paths and links; in subjects also the title.
_PLACES = ("edition", "date", "year", "month")
_PLACE = re.compile(r"\{([^{}]*)\}")
#: Control characters and separators of lines, which could begin another line of a header.
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMED = re.compile(r'(?:"([^"<>]*)"|([^"<>]*?))\s*<([^<>]+)>')
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
)
#: Words in the names of options whose values are secret.
_SECRET = re.compile(r"pass|secret|token|credential|connection_string|sas|(?:^|_)key$")

#: Schemes of the stores that are known.
STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "sftp", "ssh", "memory")


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """Return a pattern with its places filled in."""
    return _PLACE.sub(lambda found: values[found[1]], pattern)


def _checked(pattern: str, places: tuple[str, ...]) -> str:
    if _UNPRINTED.search(pattern):
        raise Unfit("the text holds a line break or another control character", "drop it")
    for name in _PLACE.findall(pattern):
        if name not in places:
            known = ", ".join(f"{{{place}}}" for place in places)
            raise Unfit(f'"{{{name}}}" stands for nothing', f"known: {known}")
    return pattern


def _pattern(value: str) -> str:
    return _checked(value, _PLACES)


def _link(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https"):
        raise Unfit(f'"{value[:40]}" is no link', "write https://host/path")
    return value


def _address(value: str) -> str:
    if _UNPRINTED.search(value):
        raise Unfit("the address holds a line break or another control character", "drop it")
    _, address = split_address(value)
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or ".." in address:
        raise Unfit(
            f'"{value[:60]}" is no address of mail',
            "write name@example.org, or: Name <name@example.org>; a domain in ASCII",
        )
    return value


def split_address(text: str) -> tuple[str, str]:
    """Return name and address of ``Name <name@example.org>``; an empty name without one."""
    found = _NAMED.fullmatch(text.strip())
    if found is None:
        return "", text.strip()
    return (found[1] or found[2] or "").strip(), found[3].strip()


#: A text with places such as ``{edition}``.
Pattern = Annotated[Text, AfterValidator(_pattern)]
Link = Annotated[Pattern, AfterValidator(_link)]
Address = Annotated[Text, AfterValidator(_address)]


class _Part(Record):
    """A part of a target; what checks it is made as a part of the whole definition only."""

    model_config = ConfigDict(defer_build=True)


class StoreDefinition(_Part):
    """An object store or a server of files: its address, and options for the library behind it."""

    url: Pattern
    options: dict[Identifier, FromEnvironment | bool | int | str] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _is_a_store(cls, value: str) -> str:
        scheme, sign, rest = value.partition("://")
        if not sign or scheme not in STORES or not rest.strip("/"):
            raise Unfit(
                f'"{value[:60]}" is no store', f"write scheme://place; schemes: {', '.join(STORES)}"
            )
        if ":" in rest.partition("/")[0].rpartition("@")[0]:
            raise Unfit(
                "the address holds a password", "write options: {password: {env: VARIABLE}}"
            )
        return value

    @field_validator("options")
    @classmethod
    def _holds_no_secret(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, given in value.items():
            if _SECRET.search(name) and not isinstance(given, FromEnvironment | bool):
                raise Unfit(
                    f'"{name}" does not belong into a definition',
                    f"put it into an environment variable: {name}: {{env: VARIABLE}}",
                )
        return value

    @property
    def scheme(self) -> str:
        return self.url.partition("://")[0]


class MailDefinition(_Part):
    """A mail with the files, and what changed in its text.

    ``attachment_bytes`` is how much all files together may have. ``ca`` is a file with the
    certificates to trust instead of those of the system.
    """

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user_env: Variable | None = None
    password_env: Variable | None = None
    sender: Address = Field(alias="from")
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    subject: Wording | None = None
    attach: bool = True
    attachment_bytes: Annotated[int, Field(ge=1, le=200_000_000)] = 20_000_000
    ca: Text | None = None

    @field_validator("to", "cc", "bcc", mode="before")
    @classmethod
    def _one_in_short(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("subject")
    @classmethod
    def _is_a_line(cls, value: Wording | None) -> Wording | None:
        texts = (value,) if isinstance(value, str) else (value.zh, value.en) if value else ()
        for text in texts:
            _checked(text, (*_PLACES, "title"))
        return value

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, value: Any) -> Any:
        return _without_secrets(value, "password", "user")

    @model_validator(mode="after")
    def _is_complete(self) -> MailDefinition:
        if not (self.to or self.cc or self.bcc):
            raise Unfit("the mail goes to nobody", "write to: [name@example.org]")
        if (self.user_env is None) != (self.password_env is None):
            raise Unfit("user_env and password_env belong together", "give both, or none")
        if self.security == "none" and self.password_env is not None:
            raise Unfit("a password would be sent unprotected", "write security: starttls, or tls")
        return self


class WebhookDefinition(_Part):
    """A signed message to an address.

    ``http`` allows one without TLS, ``private`` one inside of a network; ``ca`` is a file with the
    certificates to trust instead of those of the system.
    """

    url: Text | None = None
    url_env: Variable | None = None
    secret_env: Variable
    http: bool = False
    private: bool = False
    ca: Text | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        return value if value is None else _link(value)

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, value: Any) -> Any:
        return _without_secrets(value, "secret")

    @model_validator(mode="after")
    def _has_an_address(self) -> WebhookDefinition:
        if (self.url is None) == (self.url_env is None):
            raise Unfit("a webhook needs one of url and url_env", "give one of them")
        return self


class ChatDefinition(_Part):
    """A short message to a chat: its address, which holds a token, is in the environment."""

    url_env: Variable

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, value: Any) -> Any:
        return _without_secrets(value, "url")


def _without_secrets(value: Any, *names: str) -> Any:
    for name in names:
        if isinstance(value, dict) and name in value:
            raise Unfit(
                f"a {name} does not belong into a definition",
                f"put it into an environment variable, and its name under {name}_env",
            )
    return value


class DeliveryDefinition(_Part):
    """A target: a ``folder``, a ``store``, a ``mail``, a ``webhook`` or a ``chat``.

    ``documents``, ``languages`` and ``formats`` choose files (empty: all); texts are in these
    languages, too.
    ``link`` is told in messages: where the files can be read. A failed delivery is tried again
    ``retries`` times; ``seconds`` is how long one try may take.
    """

    folder: Pattern | None = None
    store: StoreDefinition | None = None
    mail: MailDefinition | None = None
    webhook: WebhookDefinition | None = None
    chat: ChatDefinition | None = None
    documents: tuple[Identifier, ...] = ()
    languages: tuple[Language, ...] = ()
    formats: tuple[Literal["docx", "pptx", "pdf"], ...] = ()
    link: Link | None = None
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    seconds: Annotated[int, Field(ge=1, le=3600)] = 60

    @field_validator("store", mode="before")
    @classmethod
    def _url_in_short(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_one_kind(self) -> DeliveryDefinition:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            told = " and ".join(given)
            raise Unfit(
                f"a target has {told}" if told else "the target says nowhere to deliver",
                "give one of folder, store, mail, webhook and chat",
            )
        return self

    @property
    def kind(self) -> DeliveryKind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)
