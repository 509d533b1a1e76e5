"""Time limits for calls that have none of their own."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

from shared.domain.failure import LaneTaken, Unavailable


def within[R](seconds: float, work: Callable[[], R]) -> R:
    """Run the work with a time limit; return its result or raise its error.

    A library call cannot be stopped from outside: if it takes too long, it is left on its daemon
    thread, and the caller goes on.

    Raises:
        Unavailable: the work did not end in time.
    """
    done: queue.SimpleQueue[Callable[[], R]] = queue.SimpleQueue()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # passed on to the caller, whatever it is
            done.put(partial(_raise, error))
        else:
            done.put(lambda: result)

    threading.Thread(target=run, daemon=True).start()
    try:
        outcome = done.get(timeout=seconds)
    except queue.Empty:
        raise Unavailable("Timeout", f"It was not done within {seconds:g} s.") from None
    return outcome()


class Lane:
    """A lock for one thread at a time, with a short wait.

    Args:
        patience: seconds that a thread waits for the lock.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self._patience = patience
        self._lock = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the lock. Raises LaneTaken if it is not free in time; try again later."""
        if not self._lock.acquire(timeout=self._patience):
            raise LaneTaken("LaneTaken", "Another message is still being sent.")
        try:
            yield
        finally:
            self._lock.release()


def _raise(error: BaseException) -> NoReturn:
    raise error
