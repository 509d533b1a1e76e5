"""The two parts of a .prompty file: its front matter, and its template."""

from dataclasses import dataclass

from shared.domain.errors import rejected
from shared.domain.parsing.document import Document
from shared.package.yaml_text import parse


@dataclass(frozen=True)
class Prompty:
    """A .prompty file: its front matter, its template, and the template's first line."""

    document: Document
    template: str
    line: int


def read_prompty_text(text: str, file: str) -> Prompty:
    """Split a prompty where the runtime does: at its first and its last fence.

    A fence is any line that ends in three dashes (promptflow 1.18, `_parse_prompty`). So a fence in
    the template makes the template before it part of the YAML.

    Raises:
        Rejected: there are fewer than two fences, or the text between them is not YAML.
    """
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.endswith("---\n")]
    if len(fences) < 2:
        cause = "no front matter between two lines of '---' with nothing behind them"
        raise rejected(file, cause, "Add the front matter", 1)
    first, last = fences[0], fences[-1]
    rest = lines[last].removesuffix("---\n")
    document = parse(
        "".join([*lines[first + 1 : last], rest]), file, version="1.2", above=first + 1
    )
    return Prompty(document, "".join(lines[last + 1 :]), last + 2)


def front_matter(text: str, file: str) -> Document:
    """Read only the front matter. Raises Rejected as `read_prompty_text` does."""
    return read_prompty_text(text, file).document
