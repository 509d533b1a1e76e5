"""Paths of blob triggers: a container, and a pattern for the names in it."""

import re
from dataclasses import dataclass

_CAPTURE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class PathPattern:
    """A compiled path such as `flows/incoming/{name}.zip`.

    A capture matches any characters including slashes, greedily (`(?<name>.*)` in the real host's
    BindingTemplateSource).

    Attributes:
        container: The container to scan.
        prefix: The prefix of every matching name.
    """

    container: str
    prefix: str
    _names: re.Pattern[str]

    def match(self, name: str) -> dict[str, str] | None:
        """Return the captures in a blob's name, or None if it does not match."""
        found = self._names.fullmatch(name)
        return found.groupdict() if found else None


def compile_path(path: str) -> PathPattern:
    """Compile a trigger's path; a container alone matches every blob in it."""
    container, _, names = path.strip("/").partition("/")
    names = names or "{name}"
    pattern, at = "", 0
    for capture in _CAPTURE.finditer(names):
        pattern += re.escape(names[at : capture.start()]) + f"(?P<{capture[1]}>.*)"
        at = capture.end()
    pattern += re.escape(names[at:])
    return PathPattern(container, names.partition("{")[0], re.compile(pattern, re.DOTALL))
