"""Delivery into object stores and over SFTP, through fsspec; each object appears whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import Any

from generator.delivery.channel import Sending, in_time
from generator.delivery.credentials import PassingError
from generator.delivery.parcel import MANIFEST, newer_edition
from generator.errors import ReportError
from generator.model.dataset_definition import FromEnvironment
from generator.model.delivery_definition import StoreDefinition, filled

#: Scheme -> module that fsspec needs, and our extra that brings it.
_MODULES = {
    "s3": ("s3fs", "s3"), "s3a": ("s3fs", "s3"), "gs": ("gcsfs", "gcs"), "gcs": ("gcsfs", "gcs"),
    "az": ("adlfs", "azure"), "abfs": ("adlfs", "azure"), "abfss": ("adlfs", "azure"),
    "sftp": ("sshfs", "sftp"), "ssh": ("sshfs", "sftp"), "memory": ("fsspec", "deliver"),
}  # fmt: skip
#: Scheme -> option -> the variable that holds it where the definition does not say otherwise.
_AWS = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY",
        "token": "AWS_SESSION_TOKEN", "endpoint_url": "AWS_ENDPOINT_URL"}  # fmt: skip
_GOOGLE = {"token": "GOOGLE_APPLICATION_CREDENTIALS"}
_AZURE = {"connection_string": "AZURE_STORAGE_CONNECTION_STRING",
          "account_name": "AZURE_STORAGE_ACCOUNT_NAME",
          "account_key": "AZURE_STORAGE_ACCOUNT_KEY",
          "sas_token": "AZURE_STORAGE_SAS_TOKEN"}  # fmt: skip
_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "s3": _AWS, "s3a": _AWS, "gs": _GOOGLE, "gcs": _GOOGLE, "az": _AZURE, "abfs": _AZURE,
    "abfss": _AZURE,
}  # fmt: skip
#: Options that are no secret though a variable holds them.
_OPEN = ("account_name", "endpoint_url")
#: Stores in which a reader sees an object before it is written to its end.
_GROWING = ("sftp", "ssh")
_SSH = ("sftp", "ssh")
#: What errors of libraries are called whose reason does not pass.
_LASTING = (
    "PermissionError", "NoCredentialsError", "PartialCredentialsError", "ClientAuthenticationError",
    "PermissionDenied", "HostKeyNotVerifiable", "KeyImportError", "TypeError", "ValueError",
    "ParamValidationError", "NotADirectoryError",
)  # fmt: skip


class StoreChannel:
    """Writes objects through a file system of fsspec."""

    def place(self, sending: Sending) -> str:
        store = _store_of(sending)
        module, extra = _MODULES[store.scheme]
        if find_spec("fsspec") is None or find_spec(module) is None:
            raise sending.credentials.error(
                f"{store.scheme}:// needs the package {module}",
                f"install it: pip install 'report-generator[{extra}]'",
            )
        _options(sending, store)
        return _url(sending, store)

    def send(self, sending: Sending) -> str:
        try:
            return in_time(sending.target.seconds, lambda: _write(sending, _store_of(sending)))
        except (ReportError, PassingError):
            raise
        except Exception as error:  # of the libraries: any class, with anything in its text
            raise _failure(sending, _store_of(sending), error) from None


def _store_of(sending: Sending) -> StoreDefinition:
    assert sending.target.store is not None
    return sending.target.store


def _url(sending: Sending, store: StoreDefinition) -> str:
    return filled(store.url, sending.parcel.places).rstrip("/")


def _options(sending: Sending, store: StoreDefinition) -> dict[str, Any]:
    """Return the options of the file system; what is secret comes from the environment.

    Raises:
        DeliveryError: a variable is not set, or hosts would be trusted unseen.
    """
    credentials = sending.credentials
    options: dict[str, Any] = {}
    for name, variable in _VARIABLES.get(store.scheme, {}).items():
        if credentials.environment.get(variable) and name not in store.options:
            options[name] = (
                credentials.environment[variable] if name in _OPEN else credentials.secret(variable)
            )
    for name, given in store.options.items():
        options[name] = (
            credentials.secret(given.env) if isinstance(given, FromEnvironment) else given
        )
    seconds = sending.target.seconds
    if store.scheme in ("s3", "s3a"):
        options.setdefault("config_kwargs", {"connect_timeout": seconds, "read_timeout": seconds,
                                             "retries": {"total_max_attempts": 1}})  # fmt: skip
    if store.scheme in _SSH:
        options["known_hosts"] = _known_hosts(sending, options.get("known_hosts"))
        options.setdefault("connect_timeout", seconds)
        options.setdefault("keepalive_interval", 10)
    return options


def _known_hosts(sending: Sending, given: object) -> str:
    """Return the file of hosts that are trusted; the library by itself would trust any."""
    name = given if isinstance(given, str) and given else "~/.ssh/known_hosts"
    path = sending.project / Path(name).expanduser()
    if not path.is_file():
        raise sending.credentials.error(
            f"there is no file {path} that tells which host is the right one",
            "write it: ssh-keyscan HOST >> known_hosts, compare its fingerprint, and name it: "
            "options: {known_hosts: FILE}",
        )
    return str(path)


def _write(sending: Sending, store: StoreDefinition) -> str:
    import fsspec  # type: ignore[import-untyped,unused-ignore]

    parcel = sending.parcel
    system, root = fsspec.core.url_to_fs(
        _url(sending, store), skip_instance_cache=True, **_options(sending, store)
    )
    root = root.rstrip("/")
    kept = _read(system, f"{root}/{MANIFEST}")
    newer = newer_edition(kept, parcel) if kept is not None else None
    if newer and not sending.again:
        raise sending.credentials.error(
            f"{_url(sending, store)} holds the newer edition {newer}",
            "to put the older one there all the same: deliver EDITION --target NAME --again",
        )
    if store.scheme in _GROWING:
        _sweep(system, root, {MANIFEST, *(file.name for file in parcel.files)})
    written = 0
    for file in parcel.files:
        path = f"{root}/{file.name}"
        if not _is_there(system, path, file.bytes, file.digest):
            _put(system, store.scheme, path, parcel.contents[file.name])
            written += 1
    _put(system, store.scheme, f"{root}/{MANIFEST}", parcel.manifest)
    return f"{written} of {len(parcel.files)} files written"


def _read(system: Any, path: str) -> bytes | None:
    try:
        return bytes(system.cat_file(path))
    except FileNotFoundError:
        return None


def _is_there(system: Any, path: str, size: int, digest: str) -> bool:
    try:
        if system.info(path).get("size") != size:
            return False
    except FileNotFoundError:
        return False
    data = _read(system, path)
    return data is not None and hashlib.sha256(data).hexdigest() == digest


def _put(system: Any, scheme: str, path: str, data: bytes) -> None:
    """Write an object in one go; where a reader would see it grow, under another name first."""
    folder, _, name = path.rpartition("/")
    if scheme in _GROWING:
        staged = f"{folder}/.{name}.{token_hex(4)}.part"  # a try whose time is over may write yet
        try:
            system.pipe_file(staged, data)
            system.mv(staged, path)
        except Exception:
            _remove(system, staged)
            raise
    else:
        system.pipe_file(path, data)
    found = system.info(path).get("size")
    if found != len(data):
        raise PassingError(f"{name} has {found} bytes there instead of {len(data)}",
                           "deliver again")  # fmt: skip


def _sweep(system: Any, folder: str, names: set[str]) -> None:
    """Remove what deliveries left that were killed as they wrote one of these files."""
    try:
        found = system.ls(folder, detail=False)
    except FileNotFoundError:
        return
    for path in found:
        name = path.rpartition("/")[2]
        if name.startswith(".") and name.endswith(".part") and name[1:-14] in names:
            _remove(system, path)


def _remove(system: Any, path: str) -> None:
    try:
        system.rm_file(path)
    except Exception:  # what failed before matters more
        return


def _failure(sending: Sending, store: StoreDefinition, error: Exception) -> Exception:
    """Return what an error of a library means to the user."""
    said = " ".join(str(error).split())[:200]
    message = f"{_url(sending, store)} cannot be written: {type(error).__name__}"
    message += f": {said}" if said else ""
    names = {kind.__name__ for kind in type(error).__mro__}
    is_refused = getattr(error, "status_code", None) in (401, 403, 404)  # of Azure
    if names & set(_LASTING) or is_refused or isinstance(error, FileNotFoundError):
        return sending.credentials.error(
            message, "check the address, the options, and the variables of the environment"
        )
    return PassingError(message, "check the address and the network, or try again later")
