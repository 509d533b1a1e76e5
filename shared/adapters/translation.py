"""Translate Azure's exceptions to our failures; nothing else does that."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ODataV4Format

from shared.domain.azure.error import parse_azure_error
from shared.domain.failure import AzureFailure, Conflict, Denied, Refused, Unavailable

TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


@contextmanager
def translated() -> Iterator[None]:
    """Translate azure-core's exceptions to `AzureFailure`."""
    try:
        yield
    except AzureError as error:
        raise failure_of(error) from error


def failure_of(error: AzureError) -> AzureFailure:
    """The failure for an exception of azure-core, storage, identity or ARM."""
    if not isinstance(error, HttpResponseError) or not error.status_code:
        return Unavailable(type(error).__name__, _first_line(error))
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    code, message = _code_and_message(error)
    return failure(error.status_code, code, message, headers)


def failure(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> AzureFailure:
    """The failure for an HTTP status of 400 or more."""
    if status in TRY_AGAIN or status >= 500:
        after = retry_after(headers or {})
        return Unavailable(code, message, status=status, retry_after=after)
    if status in (401, 403):
        return Denied(code, message, status=status)
    if status in (409, 412):
        return Conflict(code, message, status=status)
    return Refused(code, message, status=status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from the Retry-After header: a number or a date (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After") or headers.get("retry-after")
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def explained(error: Mapping[str, Any]) -> tuple[str, str]:
    """Code and message of an `error` object of ARM or Azure ML, in any of their shapes."""
    parsed = parse_azure_error(error)
    return parsed.code, parsed.message


def _code_and_message(error: HttpResponseError) -> tuple[str, str]:
    if isinstance(error.error, ODataV4Format):
        return explained(_plain(error.error))
    # Storage sends its code in a header; its SDK puts it here.
    code = getattr(error, "error_code", None) or error.reason or "Unknown"
    return str(getattr(code, "value", code)), _first_line(error)


def _plain(error: ODataV4Format) -> dict[str, Any]:
    details = [_plain(detail) for detail in error.details]
    return {"code": error.code, "message": error.message, "details": details}


def _first_line(error: AzureError) -> str:
    return str(error.message or error).strip().partition("\n")[0]
