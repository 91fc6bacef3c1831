"""A receiver of webhooks on this machine: it checks signatures, and takes each message once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.certificates import Authority


@dataclass
class WebServer:
    """What the server does, and what it got.

    ``answers`` are statuses of the next requests, with headers. ``taken`` are the messages by key
    that were signed rightly, each once; ``requests`` are all.
    """

    port: int = 0
    secret: bytes = b""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    pause: float = 0.0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    taken: dict[str, Any] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener

    def do_POST(self) -> None:
        desk = self.server.desk
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        desk.requests.append((self.path, headers, body))
        time.sleep(desk.pause)
        status, more = desk.answers.pop(0) if desk.answers else (200, {})
        if status == 200 and desk.secret:
            if _is_genuine(desk.secret, headers, body):
                desk.taken.setdefault(headers["idempotency-key"], json.loads(body))
            else:
                status = 401
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        return


def _is_genuine(secret: bytes, headers: dict[str, str], body: bytes) -> bool:
    """Return whether a message is signed, and new; written anew after the standard's text."""
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "0")
    if abs(time.time() - int(at)) > 300:
        return False
    mac = hmac.new(secret, b".".join([name.encode(), at.encode(), body]), hashlib.sha256)
    wanted = "v1," + base64.b64encode(mac.digest()).decode()
    return any(
        hmac.compare_digest(given, wanted)
        for given in headers.get("webhook-signature", "").split(" ")
    )


class _Listener(ThreadingHTTPServer):
    desk: WebServer

    def handle_error(self, request: object, client_address: object) -> None:
        return


@contextmanager
def web_server(authority: Authority | None = None, **options: object) -> Iterator[WebServer]:
    """Run a receiver on a free port until the block ends, with TLS if there is an authority."""
    desk = WebServer(**options)  # type: ignore[arg-type]
    with _Listener(("127.0.0.1", 0), _Handler) as listener:
        if authority is not None:
            listener.socket = authority.context().wrap_socket(listener.socket, server_side=True)
        listener.desk = desk
        desk.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield desk
        finally:
            listener.shutdown()
            thread.join()
