"""Short retries, with a clock that pauses and slow attempts move."""

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline import Pipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters.brief_retry import BriefRetry


class Answered:
    """The part of a response that the policy reads."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status_code = status
        self.headers = headers


class Service(HTTPPolicy[HttpRequest, HttpResponse]):
    """Scripted answers; each attempt takes some seconds. None is a lost answer."""

    def __init__(self, script: list[int | None], seconds: float, **headers: str) -> None:
        super().__init__()
        self._script: Iterator[int | None] = iter(script)
        self._seconds = seconds
        self._headers = headers
        self.now = 0.0
        self.attempts = 0
        self.bounds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(
        self, request: PipelineRequest[HttpRequest]
    ) -> PipelineResponse[HttpRequest, HttpResponse]:
        self.attempts += 1
        self.bounds.append(request.context.options["read_timeout"])
        self.now += min(self._seconds, self.bounds[-1])
        status = next(self._script)
        if status is None:
            raise ServiceResponseError("lost")
        answer: Any = Answered(status, self._headers)
        return PipelineResponse(request.http_request, answer, request.context)


def called(service: Service) -> int:
    """Return the final status."""
    retry = BriefRetry(clock=lambda: service.now, sleep=service.sleep)
    transport: HttpTransport[Any, Any] = _Nothing()
    pipeline = Pipeline(transport, [retry, service])
    status: int = pipeline.run(HttpRequest("GET", "https://example.org")).http_response.status_code
    return status


class _Nothing(HttpTransport[Any, Any]):
    def send(self, request: Any, **_: Any) -> Any:
        raise AssertionError(request)

    def open(self) -> None: ...

    def close(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_a_successful_answer_is_returned_at_once() -> None:
    service = Service([200], 0.1)
    assert called(service) == 200
    assert service.now == pytest.approx(0.1)


def test_permanent_failures_are_not_retried() -> None:
    service = Service([404, 200], 0.1)
    assert called(service) == 404
    assert service.attempts == 1


def test_a_short_failure_is_tried_again() -> None:
    assert called(Service([503, None, 429, 200], 0.1)) == 200


def test_a_call_is_tried_at_most_four_times() -> None:
    service = Service([503] * 9, 0.1)
    assert called(service) == 503
    assert service.attempts == 4


def test_a_lasting_connection_error_is_raised() -> None:
    with pytest.raises(ServiceResponseError):
        called(Service([None] * 9, 0.1))


def test_a_hanging_service_takes_less_than_twenty_seconds() -> None:
    service = Service([None] * 9, 1000)
    with pytest.raises(ServiceResponseError):
        called(service)
    assert service.now < 20
    assert service.attempts > 1


def test_a_short_retry_after_is_respected() -> None:
    service = Service([429, 200], 0.0, **{"Retry-After": "3"})
    assert called(service) == 200
    assert service.now == pytest.approx(3)


def test_a_long_retry_after_is_left_to_the_caller() -> None:
    service = Service([429, 200], 0.0, **{"Retry-After": "30"})
    assert called(service) == 429
    assert service.now == 0
