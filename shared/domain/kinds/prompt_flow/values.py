"""Check values against types, as the runtime parses them."""

import json
import math
from collections.abc import Mapping
from typing import Any

FLEX_TYPES = ("string", "int", "double", "bool", "list", "object")
"""Types that the runtime describes in its OpenAPI document, except `image`."""
PORT_TYPES = (*FLEX_TYPES, "image")
"""Types of inputs and outputs with which the runtime starts (promptflow 1.18, `type_mapping`)."""
DAG_TYPES = (*PORT_TYPES, "secret", "prompt_template", "file_path", "assistant_definition")
"""promptflow 1.18, `ValueType`."""


def fits(kind: str, value: Any) -> bool:
    """Return whether the runtime accepts the value (promptflow 1.18, `ValueType.parse`)."""
    try:
        match kind:
            case "int":
                int(value)
            case "double":
                float(value)
            case "bool":
                return isinstance(value, bool) or (
                    isinstance(value, str) and value.lower() in {"true", "false"}
                )
            case "list":
                return isinstance(json.loads(value) if isinstance(value, str) else value, list)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True


def sayable(value: Any) -> bool:
    """Return whether JSON has the value: it contains neither NaN nor infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(map(sayable, value.values()))
    return not isinstance(value, list) or all(map(sayable, value))
