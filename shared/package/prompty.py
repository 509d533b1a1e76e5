"""The two parts of a .prompty file: its front matter, and its template."""

from dataclasses import dataclass

from shared.domain.errors import rejected
from shared.domain.parsing.document import Document
from shared.package.yaml_text import parse


@dataclass(frozen=True)
class Prompty:
    """What a .prompty file holds: its front matter, and the template with its first line."""

    document: Document
    template: str
    line: int


def read_prompty_text(text: str, file: str) -> Prompty:
    """Splits a prompty where the runtime does: at its first and its last fence.

    A fence is whatever ends a line with three dashes, nothing behind them (promptflow 1.18,
    `_parse_prompty`), so that one in the template takes the template before it into the YAML.

    Raises:
        Rejected: when there are no two of them, or no YAML between them.
    """
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.endswith("---\n")]
    if len(fences) < 2:
        cause = "no front matter between two lines of '---' with nothing behind them"
        raise rejected(file, cause, "Add it", 1)
    first, last = fences[0], fences[-1]
    rest = lines[last].removesuffix("---\n")
    document = parse(
        "".join([*lines[first + 1 : last], rest]), file, version="1.2", above=first + 1
    )
    return Prompty(document, "".join(lines[last + 1 :]), last + 2)


def front_matter(text: str, file: str) -> Document:
    """The front matter alone. Raises Rejected as `read_prompty_text` does."""
    return read_prompty_text(text, file).document
