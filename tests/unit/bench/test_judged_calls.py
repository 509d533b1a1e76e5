"""What is judged in the log of calls: traffic that does not sum up, calls before Retry-After."""

from typing import Any

import pytest

from bench.judging import early, sums
from local import cloud

ARM = "management.azure.com"
PATH = "/workspaces/w/onlineEndpoints/e"


def call(second: float, **given: Any) -> dict[str, Any]:
    made = {"host": ARM, "path": PATH, "method": "PUT", "body": None, "retry_after": None}
    return {**made, "time": f"2026-01-01T00:00:{second:06.3f}+00:00", "principal": "app"} | given


def traffic(**shares: int) -> dict[str, Any]:
    return call(0, body={"properties": {"traffic": shares}})


@pytest.mark.parametrize("serving", [True, False])
def test_traffic_sums_to_a_hundred(*, serving: bool):
    assert not list(sums([call(0), traffic(a=90, b=10), traffic()], serving=serving))
    assert list(sums([traffic(a=90)], serving=serving))


def test_an_endpoint_that_serves_keeps_its_traffic():
    assert not list(sums([traffic(a=0)], serving=False))
    assert list(sums([traffic(a=0)], serving=True))


def test_calls_wait_as_long_as_azure_asks():
    asked = call(1, retry_after="3", principal=None)
    assert list(early([asked, call(2)], ()))
    assert not list(early([asked, call(4)], ()))


@pytest.mark.parametrize(
    "other",
    [
        {"principal": cloud.DEVELOPER_PRINCIPAL},
        {"path": "/workspaces/w/onlineEndpoints"},
        {"host": "sluicedrop.blob.core.windows.net"},
    ],
)
def test_calls_of_others_need_not_wait(other: dict[str, Any]):
    assert not list(early([call(1, retry_after="3"), call(2, **other)], ()))


def test_a_host_that_died_at_once_may_not_have_noted_what_azure_asked():
    calls, asked = [call(1, retry_after="9"), call(5)], 1767225601.0
    assert not list(early(calls, [asked + 1]))
    assert list(early(calls, [asked + 3]))
