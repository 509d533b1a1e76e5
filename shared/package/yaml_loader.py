"""PyYAML's safe loader (libyaml's if installed), for the plain scalars of YAML 1.1 and of 1.2."""

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as _Safe
else:
    _Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG = "tag:yaml.org,2002:"
_WRITTEN_AS_TEXT = {f"{_TAG}timestamp", f"{_TAG}value"}

type _Resolvers = dict[str, list[tuple[str, re.Pattern[str]]]]


def _resolvers_1_1() -> _Resolvers:
    known: _Resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    return {
        first: [(tag, match) for tag, match in resolvers if tag not in _WRITTEN_AS_TEXT]
        for first, resolvers in known.items()
    }


def _resolvers_1_2() -> _Resolvers:
    """The core schema, https://yaml.org/spec/1.2.2/#1032-tag-resolution."""
    core = [
        ("null", r"~|null|Null|NULL|", "~nN"),
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        (
            "float",
            r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
            "-+0123456789.",
        ),
        ("merge", r"<<", "<"),
    ]
    resolvers: _Resolvers = {"": [(f"{_TAG}null", re.compile(r"\Z"))]}
    for kind, pattern, firsts in core:
        for first in firsts:
            resolvers.setdefault(first, []).append(
                (f"{_TAG}{kind}", re.compile(f"(?:{pattern})\\Z"))
            )
    return resolvers


class Yaml11(_Safe):
    """Plain scalars as az ml reads them."""

    yaml_implicit_resolvers = _resolvers_1_1()


class Yaml12(_Safe):
    """Plain scalars as the prompt flow runtime reads them."""

    yaml_implicit_resolvers = _resolvers_1_2()

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        """`010` is ten, `0o10` is eight."""
        text = self.construct_scalar(node)
        prefix = text[:2].lower()
        base = {"0o": 8, "0x": 16}.get(prefix, 10)
        return int(text[2:] if prefix in {"0o", "0x"} else text, base)

    def construct_real(self, node: yaml.ScalarNode) -> float:
        """No base 60."""
        text: Any = self.construct_scalar(node)
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


Yaml12.add_constructor(f"{_TAG}int", Yaml12.construct_integer)
Yaml12.add_constructor(f"{_TAG}float", Yaml12.construct_real)

type Loader = Yaml11 | Yaml12
