"""Connections of HTTP that go to one checked address, whatever the name server says next."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address is one of the open network: not private, loopback, link-local or such."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError: it cannot be found.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def shut(connection: Connection) -> None:
    """End a connection whose time is over, whatever it is waiting for."""
    if connection.wire is not None:
        try:
            connection.wire.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class PlainConnection(http.client.HTTPConnection):
    """A connection to one address, whatever its host is called."""

    def __init__(self, address: str, host: str, port: int, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        self.wire = self.sock


class ProtectedConnection(http.client.HTTPSConnection):
    """The same with TLS, for the name of the host."""

    def __init__(
        self, address: str, host: str, port: int, timeout: float, context: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._address = address
        self._tls = context
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        self.wire = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(self.wire, server_hostname=self.host)
        except (OSError, ValueError):
            self.wire.close()
            raise
        self.wire = self.sock


#: A connection; its ``wire`` outlives the socket that an answer takes over.
Connection = PlainConnection | ProtectedConnection
