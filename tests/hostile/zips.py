"""Archives: names, kinds of entries, lies about sizes and places, damage."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.fakes.world import CODE, FLOW
from tests.hostile.case import Case, case, flow_with, one, packed

_NAMES = (
    *("/etc/passwd", "../x.py", "a/../../x.py", "a/..", "a\\b.py", "..\\b.py", "C:/b.py", "c:b.py"),
    *("a//b.py", "./a.py", "a/./b.py", "a\nb.py", "a\tb.py", "a\x7fb.py", "a\u202eb.py"),
    *("a\u200bb.py", "a\u2028b.py", "x" * 256, "/".join(["d" * 100] * 5), "a/" * 33 + "b.py"),
    *("Say.py", "say.py/x", "FLOW.dag.yaml"),
)
_KINDS = {
    "link": stat.S_IFLNK,
    "pipe": stat.S_IFIFO,
    "character device": stat.S_IFCHR,
    "block device": stat.S_IFBLK,
    "socket": stat.S_IFSOCK,
    "folder without a slash": stat.S_IFDIR,
}
_NOT_ZIPS = {
    "no bytes": b"",
    "text": b"hello",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(60),
    "two letters": b"PK",
    "end alone": b"PK\x05\x06" + bytes(18),
    "end that lies": b"PK\x05\x06" + b"\xff" * 18,
    "zeros": bytes(100_000),
}


def cases() -> Iterator[Case]:
    for name in _NAMES:
        yield case(f"zip: name {name[:24]!r}", one(name, "x"))
    for kind, mode in _KINDS.items():
        yield Case(f"zip: {kind}", partial(_of_kind, mode))
    for flag in (0x1, 0x40, 0x2000):
        yield Case(f"zip: flag {flag:#x}", partial(_patched, b"PK\x01\x02", 8, flag))
    for method in (1, 9, 12, 14, 93, 99):
        yield Case(f"zip: method {method}", partial(_patched, b"PK\x01\x02", 10, method))
    for what, content in _NOT_ZIPS.items():
        yield Case(f"zip: {what}", partial(bytes, content))
    whole = flow_with({})
    for tenth in range(1, 10):
        yield Case(f"zip: cut at {tenth}0 %", partial(bytes, whole[: len(whole) * tenth // 10]))
    for at in range(0, len(whole), len(whole) // 12):
        yield Case(f"zip: byte {at} is another", partial(_other_byte, whole, at), "either")
    yield from _lies()
    yield from _sizes()


def _lies() -> Iterator[Case]:
    """Yield zips with headers that do not match the content."""
    yield Case("zip: size says less", lambda: _patched(b"PK\x01\x02", 24, 1, 4))
    yield Case("zip: size says 201 MB", lambda: _patched(b"PK\x01\x02", 24, 201 * 2**20, 4))
    yield Case("zip: size says 4 GB", lambda: _patched(b"PK\x01\x02", 24, 2**32 - 2, 4))
    yield Case("zip: another checksum", lambda: _patched(b"PK\x01\x02", 16, 1, 4))
    yield Case("zip: starts outside", lambda: _patched(b"PK\x01\x02", 42, 2**31, 4))
    yield Case("zip: another name in front", lambda: _patched(b"PK\x03\x04", 30, 0x7878))
    yield Case("zip: directory says 2 GB", lambda: _patched(b"PK\x05\x06", 12, 2**31, 4))
    for name in ("../x.py", "say.py", "/x.py"):
        yield Case(f"zip: real name {name}", partial(_real_name, name))
    yield Case("zip: twice the same", _twice)
    yield case("zip: two forms of é", lambda: {"caf\u00e9.txt": "x", "cafe\u0301.txt": "x"})


def _sizes() -> Iterator[Case]:
    yield case("zip: 2,001 files", lambda: {f"d/{n}.txt": "" for n in range(2_001)})
    yield case("zip: 1,998 files more", lambda: {f"d/{n}.txt": "" for n in range(1_998)}, "taken")
    yield case("zip: deep folders that part early", lambda: _deep(lambda n: f"{n}"))
    yield case(
        "zip: deep folders that collide", lambda: _deep(lambda n: "aA"[n % 2] * 9 + f"{n // 2}")
    )
    yield case("zip: 3 MB of zeros", lambda: {"zeros": bytes(3 * 2**20)})
    yield case("zip: 60 times 1 MB of zeros", lambda: {f"z{n}": bytes(2**20) for n in range(60)})
    yield case("zip: a zip in it", lambda: {"more.zip": packed({"a": bytes(2**20)})}, "taken")
    yield Case("zip: a long comment", _commented, "taken")
    yield Case("zip: no files", lambda: packed({}))
    yield Case("zip: names of 2 MB", lambda: packed({f"{n:0240}": "" for n in range(8_000)}))


def _deep(first: Callable[[int], str]) -> dict[str, str]:
    return {"/".join([first(n), *["b"] * 30, "c"]): "" for n in range(1_900)}


def _entry(change: Callable[[zipfile.ZipInfo], object]) -> bytes:
    written = io.BytesIO()
    entry = zipfile.ZipInfo("extra")
    change(entry)
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("flow.dag.yaml", FLOW)
        archive.writestr("say.py", CODE)
        archive.writestr(entry, "x")
    return written.getvalue()


def _of_kind(mode: int) -> bytes:
    return _entry(lambda entry: setattr(entry, "external_attr", mode << 16))


def _patched(signature: bytes, offset: int, value: int, size: int = 2) -> bytes:
    """Zip a sound flow and change a number in the first record of that kind."""
    content = bytearray(flow_with({}))
    start = content.find(signature) + offset
    content[start : start + size] = value.to_bytes(size, "little")
    return bytes(content)


def _other_byte(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def _real_name(name: str) -> bytes:
    field = struct.pack("<BL", 1, zlib.crc32(b"extra")) + name.encode()
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    return _entry(lambda entry: setattr(entry, "extra", extra))


def _twice() -> bytes:
    return flow_with({"sax.py": "x"}).replace(b"sax.py", b"say.py")


def _commented() -> bytes:
    written = io.BytesIO(flow_with({}))
    with zipfile.ZipFile(written, "a") as archive:
        archive.comment = b"x" * 65_000
    return written.getvalue()
