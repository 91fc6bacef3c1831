"""Deflate and CRC from one library: ISA-L where it is installed, zlib elsewhere.

The two are not mixed: zlib runs 1.75 times slower in a thread after a call into ISA-L (measured).
"""

from __future__ import annotations

from typing import Protocol


class Compressor(Protocol):
    """A raw deflate stream under way."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


try:
    from isal import isal_zlib as _zlib

    _LEVEL, _SMALL_LEVEL = 2, 0
except ImportError:  # no wheel for this machine
    import zlib as _zlib  # type: ignore[no-redef]

    _LEVEL = _SMALL_LEVEL = 6

#: Up to so many bytes ISA-L's fastest level is taken: half the time for a hundred bytes more.
_SMALL = 8_192


def compressor() -> Compressor:
    """Return a new raw deflate stream."""
    stream: Compressor = _zlib.compressobj(_LEVEL, 8, -15)
    return stream


def deflate(data: bytes) -> bytes:
    """Return ``data`` as one raw deflate stream."""
    level = _SMALL_LEVEL if len(data) <= _SMALL else _LEVEL
    return bytes(_zlib.compress(data, level, -15))


def crc32(data: bytes, value: int = 0) -> int:
    """Return the CRC of ``data``, going on from ``value``."""
    return int(_zlib.crc32(data, value))


def inflate(packed: bytes) -> bytes:
    """Return the plain bytes of a raw deflate stream that this program made itself."""
    return bytes(_zlib.decompress(packed, -15))
