"""Read text files of a package, up to a limit."""

from pathlib import Path

from shared.domain.errors import rejected
from shared.package import limits


def read_text(root: Path, path: str) -> str:
    """Read a file of the package as text, without a byte order mark.

    Raises:
        Rejected: it is not UTF-8, or too large.
    """
    most = limits.MAX_SOURCE if path.endswith(".py") else limits.MAX_TEXT
    with (root / path).open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        cause = f"the file is over {most // 1024} KB, too large to be checked"
        raise rejected(path, cause, "Make it smaller")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise rejected(path, "the file is not UTF-8", "Save it as UTF-8", line) from error
