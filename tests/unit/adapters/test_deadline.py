import threading

import pytest

from shared.adapters.deadline import within
from shared.domain.failure import Unavailable


def test_a_bounded_call_returns_its_result() -> None:
    assert within(5, lambda: 7) == 7


def test_a_bounded_call_raises_its_exception() -> None:
    def fail() -> None:
        raise KeyError("k")

    with pytest.raises(KeyError):
        within(5, fail)


def test_a_hanging_call_is_abandoned() -> None:
    go = threading.Event()
    # If the call were waited for, it would return False and raise nothing.
    with pytest.raises(Unavailable):
        within(0.05, lambda: go.wait(300))
    go.set()
