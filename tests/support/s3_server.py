"""A store on this machine that speaks as much of S3 as one object in one request needs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class S3Server:
    """Objects by path. ``key`` is the access key that may write; ``answers`` are errors to come."""

    port: int = 0
    key: str = "reporter"
    objects: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[int, str]] = field(default_factory=list)
    puts: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"

    def _refused(self) -> bool:
        desk = self.server.desk
        given = self.headers.get("Authorization", "")
        if f"Credential={desk.key}/" not in given:
            self._answer_error(403, "InvalidAccessKeyId")
            return True
        if desk.answers:
            self._answer_error(*desk.answers.pop(0))
            return True
        return False

    def _path(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def do_PUT(self) -> None:
        data = self._body()
        if self._refused():
            return
        self.server.desk.puts.append(self._path())
        self.server.desk.objects[self._path()] = data
        self._answer(200, b"", {"ETag": f'"{hashlib.md5(data).hexdigest()}"'})

    def _body(self) -> bytes:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return data
        whole, rest = b"", data
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            count = int(size.partition(b";")[0], 16)
            if not count:
                break
            whole, rest = whole + rest[:count], rest[count + 2 :]
        return whole

    def do_HEAD(self) -> None:
        if not self._refused():
            self._give(with_body=False)

    def do_GET(self) -> None:
        if self._refused():
            return
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self._list(query.get("prefix", [""])[0])
        else:
            self._give(with_body=True)

    def _give(self, *, with_body: bool) -> None:
        data = self.server.desk.objects.get(self._path())
        if data is None:
            self._answer_error(404, "NoSuchKey", with_body=with_body)
            return
        tag = {"ETag": f'"{hashlib.md5(data).hexdigest()}"'}
        tag["Last-Modified"] = "Mon, 23 Nov 2026 09:15:00 GMT"
        self._answer(200, data, tag, with_body=with_body)

    def _list(self, prefix: str) -> None:
        bucket = self._path().partition("/")[0]
        names = [path.partition("/")[2] for path in self.server.desk.objects]
        found = [name for name in names if name.startswith(prefix)]
        rows = "".join(
            f"<Contents><Key>{name}</Key><Size>{len(self.server.desk.objects[f'{bucket}/{name}'])}"
            "</Size><LastModified>2026-11-23T09:15:00.000Z</LastModified></Contents>"
            for name in found
        )
        self._answer(
            200,
            f"<ListBucketResult><Name>{bucket}</Name><KeyCount>{len(found)}</KeyCount>"
            f"<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode(),
        )

    def _answer_error(self, status: int, code: str, *, with_body: bool = True) -> None:
        with_body = with_body and self.command != "HEAD"
        body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        self._answer(status, body, with_body=with_body)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *,
        with_body: bool = True,
    ) -> None:  # fmt: skip
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        return


class _Listener(ThreadingHTTPServer):
    desk: S3Server

    def handle_error(self, request: object, client_address: object) -> None:
        return


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a store on a free port until the block ends."""
    desk = S3Server()
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
