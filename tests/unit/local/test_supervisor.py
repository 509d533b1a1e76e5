from local.supervisor import LONGEST_DELAY_SECONDS, Backoff


def test_a_part_that_keeps_dying_is_started_again_ever_later_but_within_bounds() -> None:
    backoff = Backoff()
    delays = [backoff.delay("host", now) for now in range(10)]
    assert delays[:4] == [0.5, 1, 2, 4]
    assert delays[-1] == LONGEST_DELAY_SECONDS


def test_a_part_that_ran_well_for_a_while_is_started_again_at_once() -> None:
    backoff = Backoff()
    for now in range(5):
        backoff.delay("host", now)
    assert backoff.delay("host", 100) == 0.5


def test_one_part_does_not_slow_another() -> None:
    backoff = Backoff()
    for now in range(5):
        backoff.delay("host", now)
    assert backoff.delay("durable", 5) == 0.5
