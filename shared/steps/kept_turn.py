"""A turn that stays with its job for as long as a step runs, which may be longer than a lease."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shared.domain.failure import AzureFailure
from shared.ports import Ports

RENEW = 20.0
"""Seconds between two renewals: a third of the time that a turn lasts."""


@contextmanager
def keep_turn(ports: Ports, name: str, job: str, seconds: float = RENEW) -> Iterator[None]:
    """Renew the turn that the job holds, every so many seconds, until the block ends.

    A renewal ends with the process: the turn of one that died is free a minute later.
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(seconds):
            with suppress(AzureFailure):  # the next one may get through before the turn lapses
                ports.turns.take(name, job)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
