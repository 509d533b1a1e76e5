"""Parse an Azure error, whatever its shape. Pure.

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

from shared.domain.azure.error_words import find_code_of_link, find_code_of_words

UNKNOWN = "Unknown"
_EMPTY = frozenset({"the request is invalid.", "one or more validation errors occurred."})
_MOST_NESTED = 12

# Codes that say that something failed, not what.
_VAGUE = re.compile(
    r"|None|Unknown|BadRequest|UserError|SystemError|ValidationError|Validation|Bad Request"
    r"|InferencingClient\w*|ResourceDeploymentFailure|ResourceOperationFailure|DeploymentFailed"
    r"|ServiceError|NotFound|InvalidRequest",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?:\d{4}-\d\d-\d\dT[\d:.]+Z?\s+)?"  # a log's time
    r"(?:\((?P<bracketed>[A-Z][A-Za-z]+)\)\s*|(?P<code>[A-Z][a-z]+(?:[A-Z][A-Za-z]*)+):\s+)"
)
# Python's exceptions look like codes; these are the only Azure codes with such an ending.
_EXCEPTION = re.compile(r"\w+(?:Error|Exception|Warning)")
_CODES_LIKE_EXCEPTIONS = frozenset(
    {"InternalServerError", "SecretsInjectionError", "UserError", "ValidationError", "SystemError"}
)


@dataclass(frozen=True)
class AzureError:
    """Azure's most specific code, and its reasons in words."""

    code: str
    message: str


@dataclass(frozen=True)
class _Part:
    code: str
    text: str


def parse_azure_error(error: Mapping[str, Any]) -> AzureError:
    """Return code and message of an `error` object of any shape.

    The code is the innermost specific one; if there is none, it is derived from the
    troubleshooting link or from the words of the message.
    """
    parts = list(_of_object(error, 0))
    message = _message(parts)
    specific = [it.code for it in parts if not _VAGUE.fullmatch(it.code)]
    vague = next((it.code for it in parts if it.code not in {"", "None"}), UNKNOWN)
    code = (
        specific[-1]
        if specific
        else find_code_of_link(message) or find_code_of_words(message) or vague
    )
    return AzureError(code, message)


def _of_object(error: Mapping[str, Any], depth: int) -> Iterator[_Part]:
    """Yield the object's own code and text, then those of the errors inside it."""
    if depth > _MOST_NESTED:
        return
    code, text = str(error.get("code") or ""), str(error.get("message") or "")
    inside = list(_of_text(text, depth))
    if inside and inside[0].code == "":
        inside[0] = replace(inside[0], code=code)
    elif code:
        inside.insert(0, _Part(code, ""))
    yield from inside
    for detail in _listed(error.get("details")):
        yield from _of_object(detail, depth + 1)
    inner = error.get("innererror") or error.get("innerError") or error.get("InnerError")
    if isinstance(inner, Mapping):
        yield from _of_object(inner, depth + 1)


def _of_text(text: str, depth: int) -> Iterator[_Part]:
    found = _json_in(text)
    if found is not None and depth < _MOST_NESTED:
        reasons = list(_of_json(found, depth + 1))
        if any(it.text for it in reasons):  # the words before the JSON only announce it
            yield from reasons
            return
    codes, rest = _heads(text)
    for code in codes[:-1]:
        yield _Part(code, "")
    yield _Part(codes[-1] if codes else "", rest.strip())


def _of_json(found: Mapping[str, Any], depth: int) -> Iterator[_Part]:
    """Yield the parts of `{errors: {field: [reason]}}`, `{error: {…}}` or an error object."""
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
        yield _Part("", str(found["title"]))


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
    """Split a text into the codes at its head, outermost first, and the rest."""
    codes = list[str]()
    while (head := _HEAD.match(text)) is not None:
        code = head["bracketed"] or head["code"]
        if _EXCEPTION.fullmatch(code) and code not in _CODES_LIKE_EXCEPTIONS:
            break
        if code != "None":
            codes.append(code)
        text = text[head.end() :]
    return codes, text


def _listed(details: object) -> list[Mapping[str, Any]]:
    found = details if isinstance(details, list | tuple) else []
    return [it for it in found if isinstance(it, Mapping)]


def _message(parts: list[_Part]) -> str:
    """Join the reasons; drops 'The request is invalid.' if another says more."""
    texts = list(dict.fromkeys(it.text for it in parts if it.text))
    specific = [it for it in texts if it.lower() not in _EMPTY]
    return "; ".join(specific or texts)
