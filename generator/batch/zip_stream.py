"""A zip written file by file, whose list of contents does not stay in memory.

Files are stored as they are: documents are packed already. The same files give the same bytes.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zlib
from typing import IO

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_UTF8 = 0x800
_DATE = 0x21  # 1 January 1980, the first day that a zip can name
_FULL, _FULL_COUNT = 0xFFFF_FFFF, 0xFFFF
#: Where places begin that are written in eight bytes instead of four.
_FAR = _FULL


class ZipStream:
    """Writes a zip to a stream, front to back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._contents = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._offset = 0
        self._count = 0

    def add(self, name: str, data: bytes) -> None:
        """Add a file."""
        written, crc, size = name.encode(), zlib.crc32(data), len(data)
        self._write(_LOCAL.pack(b"PK\3\4", 20, _UTF8, 0, 0, _DATE, crc, size, size, len(written), 0)
                    + written)  # fmt: skip
        offset = self._offset - _LOCAL.size - len(written)
        self._write(data)
        is_far = offset >= _FAR
        extra = struct.pack("<2HQ", 1, 8, offset) if is_far else b""
        self._contents.write(
            _CENTRAL.pack(b"PK\1\2", 0x0300 | 45, 45 if is_far else 20, _UTF8, 0, 0, _DATE, crc,
                          size, size, len(written), len(extra), 0, 0, 0, 0o100644 << 16,
                          _FULL if is_far else offset) + written + extra
        )  # fmt: skip
        self._count += 1

    def close(self) -> None:
        """Write the list of contents."""
        begin, size = self._offset, self._contents.tell()
        self._contents.seek(0)
        shutil.copyfileobj(self._contents, self._stream, 1 << 20)
        self._contents.close()
        is_large = begin >= _FAR or size >= _FAR or self._count >= _FULL_COUNT
        if is_large:
            self._stream.write(
                _END64.pack(b"PK\6\6", _END64.size - 12, 0x0300 | 45, 45, 0, 0, self._count,
                            self._count, size, begin)
                + _LOCATOR.pack(b"PK\6\7", 0, begin + size, 1)
            )  # fmt: skip
            count, size, begin = _FULL_COUNT, _FULL, _FULL
        else:
            count = self._count
        self._stream.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, begin, 0))

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._offset += len(data)
