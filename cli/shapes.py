"""Shapes of JSON, which an answer has before its fields are read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.domain.parsing.strict_json import read_json

type Shape = Required | Maybe
type Required = type | Mapping[str, Shape] | list[Shape] | Callable[[Any], bool]

_ABSENT: Final = object()


@dataclass(frozen=True)
class Maybe:
    """The value may be absent or null."""

    shape: Shape


def read_shaped(content: bytes, shape: Shape) -> Any:
    """Read an answer's JSON. Raises ValueError if it is none, or has another shape."""
    read = read_json(content)
    if (wrong := find_mismatch(read, shape)) is not None:
        raise ValueError(wrong)
    return read


def find_mismatch(value: Any, shape: Shape, place: str = "") -> str | None:
    """Return the first place that does not match, and what is there; None if all matches."""
    if isinstance(shape, Maybe):
        return None if value in (None, _ABSENT) else find_mismatch(value, shape.shape, place)
    if value is _ABSENT:
        return f"{place} is missing"
    if not _has_type(value, shape):
        return f"{place or 'it'} is {_describe(value)}"
    below = f"{place}." if place else ""
    wrong = (
        find_mismatch(each, inner, f"{below}{name}")
        for name, each, inner in _children(value, shape)
    )
    return next((it for it in wrong if it is not None), None)


def _has_type(value: Any, shape: Required) -> bool:
    if isinstance(shape, list | Mapping):
        return isinstance(value, list if isinstance(shape, list) else dict)
    return isinstance(value, shape) if isinstance(shape, type) else bool(shape(value))


def _children(value: Any, shape: Required) -> Iterator[tuple[str, Any, Shape]]:
    if isinstance(shape, list):
        yield from ((str(index), each, shape[0]) for index, each in enumerate(value))
    elif isinstance(shape, Mapping):
        yield from ((name, value.get(name, _ABSENT), inner) for name, inner in shape.items())


def _describe(value: Any) -> str:
    kinds = {dict: "a mapping", list: "a list", type(None): "null"}
    return kinds.get(type(value)) or repr(value)[:60]
