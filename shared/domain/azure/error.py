"""An error of Azure's, from any of its shapes. Pure.

The same error comes as `{code, message}`; without a code, which then stands at the head of the
message (`ResourceNotReady: …`, `(None) ResourceNotReady: …`) or nowhere; in the details of a
`BadRequest`; and as JSON inside a text, with or without words before it. Seen in:
Azure/mlops-v2#120, Azure/azureml-examples#1977, MicrosoftLearning/mslearn-azure-ml#30 and #41.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.azure.error_words import code_of_link, code_of_words

UNKNOWN = "Unknown"
_EMPTY = frozenset({"the request is invalid.", "one or more validation errors occurred."})
_MOST_NESTED = 12

# They say that something failed, not what.
_VAGUE = re.compile(
    r"|None|Unknown|BadRequest|UserError|SystemError|ValidationError|Validation|Bad Request"
    r"|InferencingClient\w*|ResourceDeploymentFailure|ResourceOperationFailure|DeploymentFailed"
    r"|ServiceError|NotFound|InvalidRequest",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?:\d{4}-\d\d-\d\dT[\d:.]+Z?\s+)?"  # a log's time
    r"(?:\((?P<told>[A-Z][A-Za-z]+)\)\s*|(?P<code>[A-Z][a-z]+(?:[A-Z][A-Za-z]*)+):\s+)"
)
# Python's exceptions look like codes; of Azure's codes only these end as they do.
_EXCEPTION = re.compile(r"\w+(?:Error|Exception|Warning)")
_CODES_LIKE_EXCEPTIONS = frozenset(
    {"InternalServerError", "SecretsInjectionError", "UserError", "ValidationError", "SystemError"}
)


@dataclass(frozen=True)
class AzureError:
    """What Azure says: its most telling code, and its reasons in words."""

    code: str
    message: str


@dataclass(frozen=True)
class _Said:
    code: str
    text: str


def azure_error(error: Mapping[str, Any]) -> AzureError:
    """Code and message of an `error` object, in whatever shape.

    The code is the innermost that says more than that something failed; where there is none, the
    troubleshooting link or the words themselves tell it.
    """
    said = list(_of_object(error, 0))
    message = _message(said)
    telling = [it.code for it in said if not _VAGUE.fullmatch(it.code)]
    vague = next((it.code for it in said if it.code not in {"", "None"}), UNKNOWN)
    code = telling[-1] if telling else code_of_link(message) or code_of_words(message) or vague
    return AzureError(code, message)


def _of_object(error: Mapping[str, Any], depth: int) -> Iterator[_Said]:
    """The object's own code and text, then those of what it holds."""
    if depth > _MOST_NESTED:
        return
    code, text = str(error.get("code") or ""), str(error.get("message") or "")
    inside = list(_of_text(text, depth))
    if inside and inside[0].code == "":
        inside[0] = replace(inside[0], code=code)
    elif code:
        inside.insert(0, _Said(code, ""))
    yield from inside
    for detail in _listed(error.get("details")):
        yield from _of_object(detail, depth + 1)
    inner = error.get("innererror") or error.get("innerError") or error.get("InnerError")
    if isinstance(inner, Mapping):
        yield from _of_object(inner, depth + 1)


def _of_text(text: str, depth: int) -> Iterator[_Said]:
    found = _json_in(text)
    if found is not None and depth < _MOST_NESTED:
        reasons = list(_of_json(found, depth + 1))
        if any(it.text for it in reasons):  # the words before it only say that JSON follows
            yield from reasons
            return
    codes, rest = _heads(text)
    for code in codes[:-1]:
        yield _Said(code, "")
    yield _Said(codes[-1] if codes else "", rest.strip())


def _of_json(found: Mapping[str, Any], depth: int) -> Iterator[_Said]:
    """`{errors: {field: [reason]}}`, `{error: {…}}`, or an error object itself."""
    errors = found.get("errors")
    if isinstance(errors, Mapping):
        for reasons in errors.values():
            for reason in reasons if isinstance(reasons, list) else [reasons]:
                yield from _of_text(str(reason), depth)
    elif isinstance(found.get("error"), Mapping):
        yield from _of_object(found["error"], depth)
    elif found.get("message") or found.get("details"):
        yield from _of_object(found, depth)
    elif found.get("title"):
        yield _Said("", str(found["title"]))


def _json_in(text: str) -> dict[str, Any] | None:
    start = text.find("{")
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _heads(text: str) -> tuple[list[str], str]:
    """The codes at the head of a text, outermost first, and what follows them."""
    codes = list[str]()
    while (head := _HEAD.match(text)) is not None:
        code = head["told"] or head["code"]
        if _EXCEPTION.fullmatch(code) and code not in _CODES_LIKE_EXCEPTIONS:
            break
        if code != "None":
            codes.append(code)
        text = text[head.end() :]
    return codes, text


def _listed(details: object) -> list[Mapping[str, Any]]:
    found = details if isinstance(details, list | tuple) else []
    return [it for it in found if isinstance(it, Mapping)]


def _message(said: list[_Said]) -> str:
    """The reasons, without 'The request is invalid.' where another says more."""
    texts = list(dict.fromkeys(it.text for it in said if it.text))
    telling = [it for it in texts if it.lower() not in _EMPTY]
    return "; ".join(telling or texts)
