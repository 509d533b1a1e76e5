from shared.domain.rollout.figures import Answered, Figures
from shared.domain.rollout.gates import Gates
from shared.domain.rollout.thin import is_thin

PAIR = (400.0, 400.0)


def thin(requests: int, pairs: int, *, minutes: float = 5, left: float = 10) -> bool:
    figures = Figures(Answered(requests), Answered(9 * requests), (PAIR,) * pairs)
    return is_thin(figures, Gates(), minutes=minutes, left=left)


def test_traffic_that_will_do_at_the_end_of_the_bake_is_not_thin():
    assert not thin(requests=25, pairs=5)


def test_too_few_requests_or_too_few_minutes_with_enough_of_them_are_thin():
    assert thin(requests=10, pairs=5)
    assert thin(requests=25, pairs=2)
    assert thin(requests=0, pairs=0)


def test_a_bake_that_is_too_short_for_the_latency_is_thin_however_busy_it_is():
    assert thin(requests=10_000, pairs=5, left=0)


def test_before_the_first_minute_nothing_is_known_until_the_bake_is_over():
    assert not thin(requests=0, pairs=0, minutes=0)
    assert thin(requests=0, pairs=0, minutes=0, left=0)
