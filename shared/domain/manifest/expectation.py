"""Whether an answer is what a smoke test expects."""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.manifest.model import Expectation


def unmet(expect: Expectation | None, answer: Any) -> str | None:
    """Why the answer is not what was expected, or None.

    Args:
        expect: What the manifest says; None takes every answer.
        answer: The response's body, as JSON values.
    """
    if expect is None:
        return None
    where, seen = "the answer", answer
    if expect.output is not None:
        where = f"the output '{expect.output}'"
        if not isinstance(answer, Mapping) or expect.output not in answer:
            return f"{where} is not in the answer"
        seen = answer[expect.output]
    text = seen if isinstance(seen, str) else json.dumps(seen, ensure_ascii=False)
    if expect.contains is not None and expect.contains.lower() not in text.lower():
        return f"{where} does not contain '{expect.contains}': {_short(text)}"
    if "equals" in expect.model_fields_set and seen != expect.equals:
        wanted = json.dumps(expect.equals, ensure_ascii=False, default=str)
        return f"{where} is not {_short(wanted)} but {_short(text)}"
    return None


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."
