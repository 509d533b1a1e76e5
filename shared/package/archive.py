"""Unpack a zip that is not trusted."""

import os
import stat
import struct
import zlib
from collections.abc import Iterator
from io import BufferedReader, FileIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from shared.domain.errors import Finding, Rejected, rejected
from shared.package import limits
from shared.package.entry_name import entry_name
from shared.package.folder import count_findings, too_big
from shared.package.paths import is_tool_litter, path_findings, printable

_AGAIN = "Pack the flow again with an ordinary zip tool"
_DAMAGE = (
    BadZipFile,
    NotImplementedError,
    OverflowError,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
)
"""The errors of zipfile for a damaged zip. OSError (a full disk) is not the zip's fault."""
_SMALLER = "Leave out what the flow does not need to run (data, environments, history)"


def open_zip(archive: Path, into: Path) -> Path:
    """Unpack a zip into a new or empty folder; return the flow's root in it.

    Files that desktop tools add (`__MACOSX`, `.DS_Store`) are left out. If the zip holds a single
    folder at its top, that folder is the root. Nothing is repaired: a suspicious zip is refused.

    Raises:
        Rejected: with everything wrong in the list of entries, or the first error in the bytes.
    """
    try:
        with FileIO(archive) as raw, _BoundedReader(raw) as file, ZipFile(file) as zipped:
            entries = zipped.infolist()
            _check(entries)
            kept = [entry for entry in entries if not is_tool_litter(entry_name(entry))]
            into.mkdir(parents=True, exist_ok=True)
            _unpack(zipped, kept, into, archive.stat().st_size)
    except _DAMAGE as error:
        raise rejected(
            archive.name, f"not a zip archive, or damaged or cut short ({error})", _AGAIN
        ) from error
    return _root(into, [entry_name(entry) for entry in kept])


class _BoundedReader(BufferedReader):
    """Refuses reads and seeks that only a forged list of entries would need."""

    def __init__(self, raw: FileIO) -> None:
        super().__init__(raw)
        self.size = os.fstat(raw.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > limits.MAX_DIRECTORY:
            raise rejected("package", "the zip's list of entries is too large", _SMALLER)
        return super().read(size)

    def seek(self, target: int, whence: int = os.SEEK_SET, /) -> int:
        """Refuse offsets outside the file: headers state where entries begin, and may be forged."""
        if whence == os.SEEK_SET and not 0 <= target <= self.size:
            raise BadZipFile("an entry lies outside of the file")
        return super().seek(target, whence)


def _check(entries: list[ZipInfo]) -> None:
    findings = [
        *path_findings([entry_name(entry) for entry in entries]),
        *(finding for entry in entries for finding in _entry_findings(entry)),
    ]
    files = [e for e in entries if not _folder(e) and not is_tool_litter(entry_name(e))]
    findings.extend(count_findings(len(files), sum(entry.file_size for entry in files)))
    if findings:
        raise Rejected(findings)


def _entry_findings(entry: ZipInfo) -> Iterator[Finding]:
    name = printable(entry_name(entry))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        yield Finding(name, None, "the entry is a link", "Pack the linked file instead")
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield Finding(name, None, "the entry is a device, pipe or socket", "Leave it out")
    elif (kind == stat.S_IFDIR and not _folder(entry)) or (_folder(entry) and entry.file_size):
        yield Finding(name, None, "the entry is marked as both file and folder", _AGAIN)
    if entry.flag_bits & 0x2041:  # encrypted, strongly encrypted, masked headers (APPNOTE 4.4.4)
        yield Finding(name, None, "the entry is encrypted", "Pack the flow without a password")
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        cause = f"the entry's compression ({entry.compress_type}) is neither store nor deflate"
        yield Finding(name, None, cause, _AGAIN)


def _folder(entry: ZipInfo) -> bool:
    return entry_name(entry).endswith("/")


def _unpack(zipped: ZipFile, entries: list[ZipInfo], into: Path, packed: int) -> None:
    """Write the entries, counting the bytes that really come out: headers may be forged."""
    expanded = 0
    for entry in entries:
        target = into / entry_name(entry)
        if _folder(entry):
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        with zipped.open(entry) as source, target.open("xb") as file:
            while chunk := source.read(limits.CHUNK):
                size += len(chunk)
                expanded += len(chunk)
                _refuse_bomb(entry, size, expanded, packed)
                file.write(chunk)


def _refuse_bomb(entry: ZipInfo, size: int, expanded: int, packed: int) -> None:
    if expanded > limits.MAX_EXPANDED:
        raise rejected("package", too_big(), _SMALLER)
    cause = f"expands to over {limits.MAX_RATIO} times its size"
    if _suspicious(size, entry.compress_size):
        raise rejected(printable(entry_name(entry)), f"the entry {cause}", "Leave it out")
    if _suspicious(expanded, packed):
        raise rejected("package", f"the package {cause}", _SMALLER)


def _suspicious(expanded: int, packed: int) -> bool:
    return expanded > limits.RATIO_COUNTS_FROM and expanded > limits.MAX_RATIO * max(packed, 1)


def _root(into: Path, paths: list[str]) -> Path:
    """The folder itself, or the only folder at its top if there is nothing beside it."""
    tops = {path.split("/", 1)[0] for path in paths}
    only = tops.pop() if len(tops) == 1 else None
    return into / only if only is not None and (into / only).is_dir() else into
