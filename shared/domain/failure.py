"""How a call to Azure can fail, in kinds. Adapters translate into these once; nobody else guesses.

Codes and messages are Azure's own (the `error.code` and `error.message` of ARM, or the service's).
"""

from shared.domain.masking import masked


class AzureFailure(Exception):  # noqa: N818 - a failure is the word of the house
    """A call that did not do what it was asked.

    Args:
        code: Azure's error code, e.g. `AuthorizationFailed`.
        message: Azure's message, for a person; secrets in it are masked here.
        status: the HTTP status, 0 where there was no answer.
    """

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        self.code = code
        self.message = masked(message)
        super().__init__(f"{code}: {self.message}")
        self.status = status


class Unavailable(AzureFailure):
    """No answer, or 408, 429 or 5xx after the adapter's own bounded retries: try again later.

    Args:
        retry_after: seconds that the service asked for, None where it said nothing.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(code, message, status=status)
        self.retry_after = retry_after


class LaneTaken(Unavailable):
    """Nothing was tried: another thread of the app is at it, and takes long."""


class Denied(AzureFailure):
    """401 or 403: whoever asked may not do this (yet)."""


class Conflict(AzureFailure):
    """409 or 412: something else is there, or an operation is running."""


class Refused(AzureFailure):
    """Any other 4xx: asking again will not help. 404 on a read is not a failure, but None."""
