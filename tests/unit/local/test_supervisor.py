from local.supervisor import LONGEST_DELAY_SECONDS, Backoff


def test_a_process_that_keeps_dying_is_restarted_with_a_bounded_backoff() -> None:
    backoff = Backoff()
    delays = [backoff.delay("host", now) for now in range(10)]
    assert delays[:4] == [0.5, 1, 2, 4]
    assert delays[-1] == LONGEST_DELAY_SECONDS


def test_a_process_that_ran_for_a_while_is_restarted_at_once() -> None:
    backoff = Backoff()
    for now in range(5):
        backoff.delay("host", now)
    assert backoff.delay("host", 100) == 0.5


def test_each_process_has_its_own_backoff() -> None:
    backoff = Backoff()
    for now in range(5):
        backoff.delay("host", now)
    assert backoff.delay("durable", 5) == 0.5
