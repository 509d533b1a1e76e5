"""Figures from Azure Monitor's values by the minute."""

from datetime import UTC, datetime, timedelta

from shared.domain.azure.metrics import REQUESTS, Series
from shared.domain.rollout.figures import (
    P95,
    Answered,
    answered,
    counted,
    latency_pairs,
    token_pairs,
    window_of,
)
from shared.domain.rollout.samples import OwnSample, counts_of, figures_of, sample_from_json

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WINDOW = window_of(NOON, NOON + 3 * MINUTE)


def requests(deployment: str, status: str, *counts: float, model: str = "") -> Series:
    split = {"deployment": deployment, "statusCode": status, "modelStatusCode": model}
    values = tuple((NOON + number * MINUTE, count) for number, count in enumerate(counts))
    return Series(REQUESTS.name, split, values)


def p95(deployment: str, *values: float) -> Series:
    minutes = tuple((NOON + number * MINUTE, value) for number, value in enumerate(values))
    return Series(P95.name, {"deployment": deployment}, minutes)


def own(seconds: float, *, new: bool, status: int = 200, unmet: bool = False) -> OwnSample:
    return OwnSample(NOON, new, status, seconds, pair=0, unmet=unmet)


def test_only_whole_minutes_count():
    begun = NOON + timedelta(seconds=20)

    window = window_of(begun, NOON + timedelta(seconds=200))

    assert (window.since, window.until) == (NOON + MINUTE, NOON + 3 * MINUTE)
    assert window_of(begun, NOON + timedelta(seconds=50)).minutes == 0


def test_what_the_deployment_is_to_blame_for_is_an_error():
    assert answered(200) == Answered(1)
    assert answered(400) == answered(404) == answered(401) == Answered(1)
    assert answered(424) == answered(429) == answered(500) == answered(503) == Answered(1, 1)
    assert answered(408) == answered(504) == answered(424, "504") == Answered(1, 1, 1)
    assert answered(200, unmet=True) == Answered(1, 1)


def test_a_deployments_requests_are_counted_in_the_window_alone():
    series = [
        requests("new", "200", 5, 5, 5, 100),
        requests("New", "500", 1),
        requests("new", "424", 0, 2, model="408"),
        requests("old", "200", 50),
    ]

    assert counted(series, "new", WINDOW) == Answered(18, 3, 2)
    assert counted(series, "old", WINDOW) == Answered(50)
    assert counted(series, "none", WINDOW) == Answered()


def test_minutes_pair_where_both_answered_enough_and_no_sample_was_sent():
    series = [
        requests("new", "200", 5, 2, 5),
        requests("old", "200", 50, 50, 50),
        p95("new", 400, 900, 500),
        p95("old", 300, 300, 300),
    ]

    assert latency_pairs(series, "new", "old", WINDOW) == ((400, 300), (500, 300))
    besides = frozenset({NOON})
    assert latency_pairs(series, "new", "old", WINDOW, besides) == ((500, 300),)


def test_own_samples_are_taken_out_of_what_azure_counts():
    sent = [own(0.4, new=True, status=500), own(0.4, new=False)]

    assert Answered(3, 1).without(counts_of(sent, new=True)) == Answered(2, 0)
    assert Answered().without(counts_of(sent, new=True)) == Answered()


def test_a_wrong_answer_of_the_new_deployment_alone_is_an_error():
    found = figures_of([own(0.4, new=True, unmet=True), own(0.3, new=False, unmet=True)])

    assert (found.new, found.old) == (Answered(1, 1), Answered(1))
    assert found.latency == ((400.0, 300.0),)


def test_tokens_pair_where_both_deployments_recorded_some():
    def recorded(metric: str, deployment: str, *values: float) -> Series:
        minutes = tuple((NOON + number * MINUTE, value) for number, value in enumerate(values))
        return Series(metric, {"deployment": deployment}, minutes)

    series = [
        recorded("token_consumption", "new", 300, 0, 90, 5000),
        recorded("token_consumption", "new", 100),
        recorded("flow_request", "new", 2, 1, 1, 1),
        recorded("token_consumption", "old", 100, 100, 50, 1),
        recorded("flow_request", "old", 1, 1, 1, 1),
    ]

    assert token_pairs(series, "new", "old", WINDOW) == ((200, 100), (90, 50))


def test_a_sample_is_the_same_after_it_was_kept():

    sample = own(0.4, new=True, status=424)
    assert sample_from_json(sample.as_json()) == sample
