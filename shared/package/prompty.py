"""The front matter of a .prompty file."""

from shared.domain.document import Document
from shared.domain.errors import rejected
from shared.package.yaml_text import parse


def front_matter(text: str, file: str) -> Document:
    """The YAML between the first two lines of three dashes.

    Raises:
        Rejected: when there is none, or it is not YAML.
    """
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2:
        raise rejected(file, "no front matter between two lines of '---'", "Add it", 1)
    first, second = fences[:2]
    return parse("".join(lines[first + 1 : second]), file, version="1.2", above=first + 1)
