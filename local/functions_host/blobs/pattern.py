"""Paths of blob triggers: a container, and a pattern for the names in it."""

import re
from dataclasses import dataclass

_CAPTURE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class PathPattern:
    """`flows/incoming/{name}.zip`, compiled.

    A capture takes any characters, slashes too, and as many as it can (`(?<name>.*)` in the real
    host's BindingTemplateSource).

    Attributes:
        container: The container to look into.
        prefix: What every matching name begins with.
    """

    container: str
    prefix: str
    _names: re.Pattern[str]

    def match(self, name: str) -> dict[str, str] | None:
        """The captures in a blob's name; None if it does not match."""
        found = self._names.fullmatch(name)
        return found.groupdict() if found else None


def compile_path(path: str) -> PathPattern:
    """Compile a trigger's path; a container alone takes every blob in it."""
    container, _, names = path.strip("/").partition("/")
    names = names or "{name}"
    pattern, at = "", 0
    for capture in _CAPTURE.finditer(names):
        pattern += re.escape(names[at : capture.start()]) + f"(?P<{capture[1]}>.*)"
        at = capture.end()
    pattern += re.escape(names[at:])
    return PathPattern(container, names.partition("{")[0], re.compile(pattern, re.DOTALL))
