"""PNG files, packed by the same deflate as the packages: ten times faster than by the usual way."""

from __future__ import annotations

import struct
from zlib import adler32

from generator.office.deflate import crc32, deflate

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(rgb: bytes, width: int, height: int, dpi: int) -> bytes:
    """Return the file of pixels: three bytes each, red, green, blue, in rows from the top."""
    step = width * 3
    unfiltered = b"\0"  # no filter: flat colours pack best so
    data = b"".join(
        unfiltered + rgb[start : start + step] for start in range(0, step * height, step)
    )
    packed = b"\x78\x9c" + deflate(data) + struct.pack(">L", adler32(data))
    in_a_metre = round(dpi / 0.0254)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">2LB", in_a_metre, in_a_metre, 1)),
            _chunk(b"IDAT", packed),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", crc32(kind + data))
