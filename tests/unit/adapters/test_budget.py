"""A burst of calls to ARM is paced before ARM refuses it; the clock is the test's own."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from shared.adapters.arm import Arm
from shared.adapters.budget import HELD, Bucket
from shared.domain.failure import Unavailable
from tests.unit.adapters.test_arm import Script, arm

LEFT = "x-ms-ratelimit-remaining-subscription-"
type Send = Callable[[Arm], object]


def write(client: Arm) -> object:
    return client.call("PUT", "/x", "1", {})


def test_until_arm_says_what_is_left_nothing_is_held_back():
    bucket = Bucket(200, 10)
    assert [bucket.take(0.0) for _ in range(1000)] == [0.0] * 1000


def test_a_burst_goes_on_at_the_rate_of_the_bucket():
    """What ARM would do with the calls: its own bucket never runs out."""
    ours, left, now, refused = Bucket(200, 10), 200.0, 0.0, 0
    ours.tell(200, now)
    sent = list[float]()
    waiting = [0.0] * 600
    while waiting:
        waiting.sort()
        at = waiting.pop(0)
        now = max(now, at)
        wait = ours.take(now)
        if wait > HELD:
            waiting.append(now + wait)
        else:
            sent.append(now + wait)
    at = 0.0
    for when in sorted(sent):
        left = min(200.0, left + (when - at) * 10) - 1
        at, refused = when, refused + (left < -1e-6)
    assert len(sent) == 600
    assert refused == 0
    assert max(sent) <= 1.2 * (600 - 200) / 10, "and it is not slower than need be"


@pytest.mark.parametrize("stopped", [0, 30])
def test_those_who_must_come_again_come_one_after_the_other(stopped: float):
    bucket = Bucket(200, 10)
    bucket.tell(0, 0.0)
    bucket.stop(stopped, 0.0)
    later = [it for it in (bucket.take(0.0) for _ in range(100)) if it > HELD]
    assert len(later) >= 80
    assert min(later) > stopped
    assert [b - a for a, b in pairwise(later)] == pytest.approx([0.1] * (len(later) - 1))


def test_tokens_come_back_with_time():
    bucket = Bucket(200, 10)
    bucket.tell(0, 0.0)
    assert bucket.take(0.0) == pytest.approx(0.1)
    assert bucket.take(1.0) == 0.0


def test_other_instances_share_the_bucket_so_that_what_arm_says_counts():
    bucket = Bucket(200, 10)
    bucket.tell(150, 0.0)
    bucket.tell(0, 0.1)
    assert bucket.take(0.1) > 0


def test_an_arm_with_more_than_the_bucket_holds_nothing_back():
    bucket = Bucket(200, 10)
    for _ in range(500):
        bucket.tell(1100, 0.0)
        assert bucket.take(0.0) == 0.0


def test_a_refusal_holds_back_the_other_calls_of_its_kind():
    error = {"error": {"code": "SubscriptionRequestsThrottled", "message": "slow down"}}
    told = {"Retry-After": "30", f"{LEFT}writes": "0"}
    script = Script((429, error, told), (200, {}))
    client = arm(script)
    with pytest.raises(Unavailable) as refused:
        write(client)
    assert refused.value.retry_after == 30
    with pytest.raises(Unavailable) as held:
        write(client)
    assert held.value.retry_after is not None
    assert held.value.retry_after > HELD
    assert len(script.asked) == 1, "the second call was not made"
    client.get("/x", "1")
    assert len(script.asked) == 2, "a read is another kind"


def test_a_refusal_by_a_service_behind_arm_holds_nobody_back():
    error = {"error": {"code": "TooManyRequests", "message": "slow down"}}
    told = {"Retry-After": "30", f"{LEFT}writes": "180"}
    script = Script((429, error, told), (200, {}))
    client = arm(script)
    with pytest.raises(Unavailable):
        write(client)
    write(client)
    assert len(script.asked) == 2


@pytest.mark.parametrize("value", ["", "many", "-1"])
def test_a_header_that_is_no_number_is_as_none(value: str):
    script = Script(*[(200, {}, {f"{LEFT}writes": value})] * 3)
    client: Any = arm(script)
    for _ in range(3):
        write(client)
    assert len(script.asked) == 3
