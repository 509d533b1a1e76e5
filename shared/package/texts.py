"""Read text files of a package, up to a limit."""

import codecs
import re
from pathlib import Path

from shared.domain.errors import rejected
from shared.domain.parsing.text import quoted
from shared.package import limits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
)
"""In pip's order, in which UTF-16's mark hides that of UTF-32 in little-endian."""
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")


def read_text(root: Path, path: str) -> str:
    """Read a file of the package as text, without a byte order mark.

    Raises:
        Rejected: it is not UTF-8, or too large.
    """
    content = _content(root, path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise rejected(path, "the file is not UTF-8", "Save it as UTF-8", line) from error


def read_requirements_text(root: Path, path: str) -> str:
    """A requirements file as text, in the encoding in which pip reads it.

    By its byte order mark, else by a `# coding:` in its first two lines, else UTF-8 (pip 24.2,
    `auto_decode`, where the locale is UTF-8; from 24.3 on always). Windows PowerShell's `>` writes
    UTF-16 with a mark.

    Raises:
        Rejected: when pip could not read it, or it is too large to be looked into.
    """
    content = _content(root, path)
    encoding, begin = _encoding(content)
    try:
        text = content[begin:].decode(encoding)
    except (LookupError, ValueError) as error:
        cause = f"pip cannot read the file as {quoted(encoding)}"
        raise rejected(path, cause, "Save it as UTF-8") from error
    if "\0" in text:
        cause = "the file is in an encoding that pip does not see, such as UTF-16 without its mark"
        raise rejected(path, cause, "Save it as UTF-8")
    return text


def _encoding(content: bytes) -> tuple[str, int]:
    """What pip decodes with, and from which byte on."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    for line in content.split(b"\n", maxsplit=2)[:2]:
        if line.startswith(b"#") and (said := _CODING.search(line)):
            return said[1].decode("ascii"), 0
    return "utf-8", 0


def _content(root: Path, path: str) -> bytes:
    most = limits.MAX_SOURCE if path.endswith(".py") else limits.MAX_TEXT
    with (root / path).open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        cause = f"the file is over {most // 1024} KB, too large to be checked"
        raise rejected(path, cause, "Make it smaller")
    return content
