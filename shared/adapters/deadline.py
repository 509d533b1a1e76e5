"""An end to what has none of its own."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

from shared.domain.failure import LaneTaken, Unavailable


def within[R](seconds: float, work: Callable[[], R]) -> R:
    """What the work gives, or what it raises.

    A library call cannot be stopped from outside: where it takes longer, it is left to itself on a
    daemon thread, and its caller goes on.

    Raises:
        Unavailable: it was not done within the seconds.
    """
    done: queue.SimpleQueue[Callable[[], R]] = queue.SimpleQueue()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # its caller is to have it, whatever it is
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
    """What one thread does at a time, and for which nobody lines up for long.

    Args:
        patience: seconds for which a thread waits until the one before it is done.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self._patience = patience
        self._lock = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises LaneTaken where the one before is not done in time: come again later."""
        if not self._lock.acquire(timeout=self._patience):
            raise LaneTaken("LaneTaken", "Others are being told, and that takes its time.")
        try:
            yield
        finally:
            self._lock.release()


def _raise(error: BaseException) -> NoReturn:
    raise error
