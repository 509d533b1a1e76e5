import threading

import pytest

from shared.adapters.deadline import within
from shared.domain.failure import Unavailable


def test_work_gives_what_it_gives() -> None:
    assert within(5, lambda: 7) == 7


def test_work_raises_what_it_raises() -> None:
    def fail() -> None:
        raise KeyError("k")

    with pytest.raises(KeyError):
        within(5, fail)


def test_work_that_hangs_is_left_behind() -> None:
    go = threading.Event()
    # Work that was waited for would give False, and raise nothing.
    with pytest.raises(Unavailable):
        within(0.05, lambda: go.wait(300))
    go.set()
