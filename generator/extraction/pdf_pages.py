"""Reads the text of one PDF file in a process of its own: a page may inflate to anything."""

from __future__ import annotations

import io
import json
import logging
import sys
from typing import Any

from generator.model.own_process import limit_process


def main() -> None:
    """Read an order (a line of JSON) and a file from standard input; write what it says as JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    limit_process(memory=order["memory"], seconds=order["cpu_seconds"], written=0)
    try:
        told = json.dumps(pages_of(sys.stdin.buffer.read(), order["characters"])).encode()
    except MemoryError:
        told = b'{"problem": "memory"}'
    sys.stdout.buffer.write(told)


def pages_of(data: bytes, characters: int) -> dict[str, Any]:
    """Return the texts of the ``pages``, or the ``problem``: locked, damaged, characters.

    Raises:
        MemoryError: the process may not have more.
    """
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[str] = []
    count = 0
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": "locked"}
        for page in reader.pages:
            text = page.extract_text() or ""
            count += len(text)
            if count > characters:
                return {"problem": "characters"}
            pages.append(text)
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged file makes the library raise
        kind = type(error).__name__
        if kind == "LimitReachedError":  # the library's own bound on what is inflated
            return {"problem": "memory"}
        return {"problem": "damaged", "kind": kind}
    return {"pages": pages}


if __name__ == "__main__":
    main()
