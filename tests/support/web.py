"""A web server on this machine for tests: plain, or with TLS and an authority of its own."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: Status, headers, body.
Answer = tuple[int, dict[str, str], bytes]
HOST = "stats.example.org"


@dataclass
class Site:
    """What a server answers at each path, and what it was asked: path and headers."""

    port: int
    scheme: str
    authority: Path | None
    answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = field(
        default_factory=dict
    )
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str, host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def context(self) -> ssl.SSLContext:
        """Return what trusts the authority of this server."""
        assert self.authority is not None
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def running_site(folder: Path | None = None) -> Iterator[Site]:
    """Run a server as long as the block lasts; with a folder for its certificates it has TLS."""
    site: Site

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            answer = site.answers.get(self.path.split("?")[0], (404, {}, b""))
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # a client that hangs up is what some tests are about

    server = Server(("127.0.0.1", 0), Handler)
    authority = None
    if folder is not None:
        authority, certificate, key = make_certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = Site(server.server_address[1], "http" if folder is None else "https", authority)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Make an authority and its certificate for ``HOST``; return authority, certificate, key."""
    authority, authority_key = folder / "ca.pem", folder / "ca.key"
    request, certificate, key = folder / "own.csr", folder / "own.pem", folder / "own.key"
    names = folder / "names.cnf"
    names.write_text(f"subjectAltName=DNS:{HOST}\n")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]
    for command in (
        [*new, "-x509", "-days", "2", "-subj", "/CN=Test authority", "-keyout", authority_key,
         "-out", authority],
        [*new, "-subj", f"/CN={HOST}", "-keyout", key, "-out", request],
        ["openssl", "x509", "-req", "-days", "2", "-in", request, "-CA", authority, "-CAkey",
         authority_key, "-CAcreateserial", "-extfile", names, "-out", certificate],
    ):  # fmt: skip
        subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)
    return authority, certificate, key
