"""The real name of an entry in a zip."""

import struct
import zlib
from collections.abc import Iterator
from zipfile import ZipInfo

_UNICODE_PATH = 0x7075  # APPNOTE 4.6.9: version 1, CRC-32 of the header's name, the name as UTF-8
_SAYS_UTF_8 = 0x800


def entry_name(entry: ZipInfo) -> str:
    """The header's name, or that of its Unicode Path field if the field matches the name.

    `entry.filename` is almost the same, but zipfile cuts it and replaces unusual characters.

    Raises:
        struct.error: the field is cut short.
        UnicodeDecodeError: it is not UTF-8.
    """
    written = entry.orig_filename
    raw = written.encode("utf-8" if entry.flag_bits & _SAYS_UTF_8 else "cp437")
    for kind, field in _fields(entry.extra):
        if kind == _UNICODE_PATH:
            version, crc = struct.unpack("<BL", field[:5])
            if version == 1 and crc == zlib.crc32(raw) and field[5:]:
                return field[5:].decode()
    return written


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]
