"""Route templates of HTTP triggers, as ASP.NET reads them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_PARAMETER: Final = re.compile(
    r"\{(?P<rest>\*{0,2})(?P<name>\w+)(?P<limits>(?::(?:[^{}=?]|\{\{|\}\})+)*)"
    r"(?:=(?P<default>[^}?]*))?(?P<optional>\?)?\}"
)
_LIMIT: Final = re.compile(r":(?P<kind>\w+)(?:\((?P<value>[^)]*)\))?")
_INT32: Final = 2**31
_INT64: Final = 2**63


def _integer(text: str, bound: int) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+", text)) and -bound <= int(text) < bound


def _long_enough(text: str, limits: str) -> bool:
    low, _, high = limits.partition(",")
    return int(low) <= len(text) <= int(high or low)


_LIMITS: Final[dict[str, Callable[[str, str], bool]]] = {
    "int": lambda text, _: _integer(text, _INT32),
    "long": lambda text, _: _integer(text, _INT64),
    "bool": lambda text, _: text.lower() in {"true", "false"},
    "alpha": lambda text, _: bool(re.fullmatch(r"[A-Za-z]*", text)),
    "guid": lambda text, _: bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-.{12}", text)),
    "decimal": lambda text, _: bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", text)),
    "length": _long_enough,
    "minlength": lambda text, limit: len(text) >= int(limit),
    "maxlength": lambda text, limit: len(text) <= int(limit),
    "min": lambda text, limit: _integer(text, _INT64) and int(text) >= int(limit),
    "max": lambda text, limit: _integer(text, _INT64) and int(text) <= int(limit),
    "required": lambda text, _: bool(text),
    "regex": lambda text, limit: bool(re.search(limit, text, re.IGNORECASE)),
}


@dataclass(frozen=True)
class Template:
    """A compiled route template.

    Attributes:
        text: As declared, route prefix included.
        precedence: Lower comes first: literals, constrained parameters, parameters, catch-alls.
    """

    text: str
    precedence: tuple[int, ...]
    _pattern: re.Pattern[str]
    _limits: tuple[tuple[str, str, str], ...]
    _defaults: tuple[tuple[str, str], ...]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the parameters in a path (percent-encoded, no query), or None if no match."""
        found = self._pattern.fullmatch(path.strip("/"))
        if found is None:
            return None
        values = dict(self._defaults)
        values |= {name: unquote(text) for name, text in found.groupdict().items() if text}
        for name, kind, limit in self._limits:
            if name in values and not _LIMITS[kind](values[name], limit):
                return None
        return values


def compile_template(text: str) -> Template:
    """Compile a route.

    Raises:
        ValueError: a constraint is not supported.
    """
    pattern, ranks = "", list[int]()
    limits, defaults = list[tuple[str, str, str]](), list[tuple[str, str]]()
    for number, segment in enumerate(text.strip("/").split("/")):
        parameters = list(_PARAMETER.finditer(segment))
        for each in parameters:
            limits += _read_limits(each)
            if each["default"] is not None:
                defaults.append((each["name"], each["default"]))
        slash = "/" if number else ""
        pattern += _segment_pattern(segment, parameters, slash)
        ranks.append(_rank(parameters))
    compiled = re.compile(pattern, re.IGNORECASE)
    return Template(text, tuple(ranks), compiled, tuple(limits), tuple(defaults))


def _read_limits(parameter: re.Match[str]) -> list[tuple[str, str, str]]:
    found = []
    for limit in _LIMIT.finditer(parameter["limits"] or ""):
        kind = limit["kind"].lower()
        if kind not in _LIMITS:
            raise ValueError(f"unknown route constraint '{kind}' in '{parameter[0]}'")
        value = (limit["value"] or "").replace("{{", "{").replace("}}", "}")
        found.append((parameter["name"], kind, value))
    return found


def _segment_pattern(segment: str, parameters: list[re.Match[str]], slash: str) -> str:
    if len(parameters) == 1 and parameters[0][0] == segment:
        only = parameters[0]
        if only["rest"]:
            return f"(?:{slash}(?P<{only['name']}>.*))?"
        if only["optional"] or only["default"] is not None:
            return f"(?:{slash}(?P<{only['name']}>[^/]*))?"
    out, at = slash, 0
    for each in parameters:
        out += re.escape(segment[at : each.start()]) + f"(?P<{each['name']}>[^/]+)"
        at = each.end()
    return out + re.escape(segment[at:])


def _rank(parameters: list[re.Match[str]]) -> int:
    if not parameters:
        return 1
    free = 0 if parameters[0]["limits"] else 1
    return (4 if parameters[0]["rest"] else 2) + free
