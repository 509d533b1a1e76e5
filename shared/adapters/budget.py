"""The calls to ARM that a process may make: its jobs share what ARM says is left, and pace it.

ARM has a token bucket for each identity and kind of call: 250 reads, refilled at 25 a second; 200
writes and 200 deletes, at 10 a second. Answers say how many are left; until one does, nothing is
held back. ('Understand how Azure Resource Manager throttles requests', learn.microsoft.com/azure/
azure-resource-manager/management/request-limits-and-throttling.)
"""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters.translation import retry_after
from shared.domain.failure import Unavailable

HELD = 2.0
"""Seconds for which a call waits here; a longer wait is left to its job, which holds no thread."""

_LEFT = "x-ms-ratelimit-remaining-subscription-"
_KINDS: Final = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}


class Bucket:
    """The tokens of one kind of call. Safe to use from several threads. Times are in seconds.

    Args:
        size: the most that it holds.
        rate: how many come back in a second.
    """

    def __init__(self, size: float, rate: float) -> None:
        self._size = size
        self._rate = rate
        self._lock = Lock()
        self._left: float | None = None
        self._at = 0.0
        self._promised = 0.0
        self._flying = 0

    def take(self, now: float) -> float:
        """Take a token; return how long to wait for it.

        If that is more than `HELD`, none is taken, and the call must come again after the time;
        each caller gets another time, so that they do not all come at once.
        """
        with self._lock:
            left = self._refilled(now)
            wait = 0.0 if left is None else max(0.0, (1.0 - left) / self._rate)
            if wait <= HELD:
                self._left = None if left is None else left - 1.0
                self._flying += 1
                return wait
            self._promised = max(self._promised + 1.0 / self._rate, now + wait)
            return self._promised - now

    def land(self) -> None:
        """Note that a call that took a token is over."""
        with self._lock:
            self._flying -= 1

    def tell(self, left: float, now: float) -> None:
        """Note how many ARM says are left; it may not have counted the calls on their way."""
        with self._lock:
            known = self._refilled(now)
            sure = left - self._flying
            self._left = sure if known is None or sure >= self._size else min(known, sure)

    def stop(self, seconds: float, now: float) -> None:
        """Note that there are none for so long."""
        self.tell(-seconds * self._rate, now)

    def _refilled(self, now: float) -> float | None:
        if self._left is not None:
            self._left = min(self._size, self._left + (now - self._at) * self._rate)
        self._at = now
        return self._left


class Budget(HTTPPolicy[HttpRequest, HttpResponse]):
    """Holds a call back while ARM would refuse it; it stands behind the retries."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._sleep = sleep
        self._buckets = {
            "reads": Bucket(250, 25),
            "writes": Bucket(200, 10),
            "deletes": Bucket(200, 10),
        }

    def send(
        self, request: PipelineRequest[HttpRequest]
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Make the call when there is a token for it. Raises Unavailable if that takes long."""
        kind = _KINDS.get(request.http_request.method, "writes")
        bucket = self._buckets[kind]
        wait = bucket.take(self._clock())
        if wait > HELD:
            message = f"ARM accepts no more {kind} now: there were too many from this app"
            raise Unavailable("TooManyRequests", message, status=429, retry_after=wait)
        try:
            if wait:
                self._sleep(wait)
            response = self.next.send(request)
        finally:
            bucket.land()
        self._learn(bucket, kind, response.http_response)
        return response

    def _learn(self, bucket: Bucket, kind: str, response: HttpResponse) -> None:
        """Read what is left. A 429 while some are left comes from a service behind ARM."""
        left = _number(response.headers, f"{_LEFT}{kind}")
        if left is None:
            return
        asked = retry_after(response.headers) if response.status_code == 429 else None
        if asked and left < 1:
            bucket.stop(asked, self._clock())
        else:
            bucket.tell(left, self._clock())


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name) or ""
    return int(value) if value.isdigit() else None
