"""Kinds of failure of a call to Azure. Adapters translate foreign errors into these, once.

Codes and messages are Azure's own (the `error.code` and `error.message` of ARM, or the service's).
"""

from shared.domain.masking import masked


class AzureFailure(Exception):  # noqa: N818 - we call these failures
    """A call to Azure failed.

    Args:
        code: Azure's error code, e.g. `AuthorizationFailed`.
        message: Azure's message, for a person; secrets in it are masked here.
        status: the HTTP status, 0 if there was no answer.
    """

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        self.code = code
        self.message = masked(message)
        super().__init__(f"{code}: {self.message}")
        self.status = status


class Unavailable(AzureFailure):
    """No answer, or 408, 429 or 5xx after the adapter's own bounded retries: try again later.

    Args:
        retry_after: seconds that the service asked for, None if it named none.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(code, message, status=status)
        self.retry_after = retry_after


class LaneTaken(Unavailable):
    """Nothing was tried: another thread of the app holds the lock for too long."""


class Denied(AzureFailure):
    """401 or 403: the caller may not do this (yet)."""


class Conflict(AzureFailure):
    """409 or 412: the resource was changed meanwhile, or an operation is running."""


class Refused(AzureFailure):
    """Any other 4xx: retrying will not help. A read that gets 404 returns None instead."""
