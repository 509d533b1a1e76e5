"""Pydantic's faults, in words for people who write YAML and JSON."""

import re
from collections.abc import Mapping
from typing import Any, Final

KINDS: Final[Mapping[str, str]] = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
"""The type of value that is needed, by the type of the fault."""

_SUBJECT = re.compile(r"^\w+ should ")
_AFTERWARDS = re.compile(r" after validation, not \d+$")


def in_plain_words(where: str, detail: Mapping[str, Any]) -> str:
    """Describe one fault of a `ValidationError` in a sentence about the place `where`."""
    kind, message = detail["type"], str(detail["msg"])
    if kind in KINDS:
        return f"{where} must be {KINDS[kind]}"
    match kind:
        case "missing":
            return f"{where} is missing"
        case "extra_forbidden":
            return f"{where} is not a field"
        case "json_invalid":
            return f"{where} is not JSON: {message.removeprefix('Invalid JSON: ')}"
        case "value_error":
            return f"{where}: {message.removeprefix('Value error, ')}"
    must = _SUBJECT.sub("must ", _AFTERWARDS.sub("", message))
    return f"{where} {must}" if must.startswith("must ") else f"{where}: {must}"
