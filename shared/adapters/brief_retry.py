"""Retries of calls to ARM, kept short: a waiting call holds a thread that orchestrators need."""

import random
import time
from collections.abc import Callable

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters.translation import TRY_AGAIN, retry_after

TOTAL_SECONDS = 18.0
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
LONGEST_PAUSE = 4.0
ATTEMPTS = 4


class BriefRetry(HTTPPolicy[HttpRequest, HttpResponse]):
    """Tries a call up to four times within 18 seconds in all.

    azure-core's own policy sleeps as long as Retry-After says, and its total limits neither that
    sleep nor the last attempt. Here, if the service asks for a longer pause than is left, the
    answer is passed on, and the caller waits without holding a thread. All calls of the app may be
    repeated: PUT and DELETE are idempotent, and each POST only reads.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._sleep = sleep

    def send(
        self, request: PipelineRequest[HttpRequest]
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Return the first answer that is not retryable, or the last one."""
        end = self._clock() + TOTAL_SECONDS
        attempt = 1
        while True:
            _bound(request, end - self._clock())
            pause = _backoff(attempt)
            try:
                response = self.next.send(request)
            except (ServiceRequestError, ServiceResponseError):
                if attempt == ATTEMPTS or not self._fits(pause, end):
                    raise
            else:
                status = response.http_response.status_code
                pause = retry_after(response.http_response.headers) or pause
                last = attempt == ATTEMPTS or not self._fits(pause, end)
                if status not in TRY_AGAIN or last:
                    return response
            self._sleep(pause)
            attempt += 1

    def _fits(self, pause: float, end: float) -> bool:
        return pause <= LONGEST_PAUSE and self._clock() + pause + 1.0 < end


def _bound(request: PipelineRequest[HttpRequest], left: float) -> None:
    options = request.context.options
    options["connection_timeout"] = max(0.5, min(CONNECT_SECONDS, left))
    options["read_timeout"] = max(0.5, min(READ_SECONDS, left))


def _backoff(attempt: int) -> float:
    return 0.25 * 2.0**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
