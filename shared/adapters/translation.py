"""Azure's exceptions become the house's failures here, and nowhere else."""

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
    """Raise what azure-core raises inside as an `AzureFailure`."""
    try:
        yield
    except AzureError as error:
        raise failure_of(error) from error


def failure_of(error: AzureError) -> AzureFailure:
    """The failure that an exception of azure-core, storage, identity or ARM means."""
    if not isinstance(error, HttpResponseError) or not error.status_code:
        return Unavailable(type(error).__name__, _first_line(error))
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    code, message = _said(error)
    return failure(error.status_code, code, message, headers)


def failure(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> AzureFailure:
    """The failure that an HTTP status of 400 or more means."""
    if status in TRY_AGAIN or status >= 500:
        after = retry_after(headers or {})
        return Unavailable(code, message, status=status, retry_after=after)
    if status in (401, 403):
        return Denied(code, message, status=status)
    if status in (409, 412):
        return Conflict(code, message, status=status)
    return Refused(code, message, status=status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the service asks to wait: a number or a date, RFC 9110, 10.2.3."""
    said = headers.get("Retry-After") or headers.get("retry-after")
    if not said:
        return None
    if said.strip().isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def explained(error: Mapping[str, Any]) -> tuple[str, str]:
    """Code and message of an `error` object of ARM or Azure ML, in any of their shapes."""
    said = parse_azure_error(error)
    return said.code, said.message


def _said(error: HttpResponseError) -> tuple[str, str]:
    if isinstance(error.error, ODataV4Format):
        return explained(_plain(error.error))
    # Storage says its code in a header, which its SDK puts here.
    code = getattr(error, "error_code", None) or error.reason or "Unknown"
    return str(getattr(code, "value", code)), _first_line(error)


def _plain(error: ODataV4Format) -> dict[str, Any]:
    details = [_plain(detail) for detail in error.details]
    return {"code": error.code, "message": error.message, "details": details}


def _first_line(error: AzureError) -> str:
    return str(error.message or error).strip().partition("\n")[0]
