"""A thread that sends what is recorded, so that no job waits for it."""

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from shared.domain.jobs.trace import Span, Value

_log = logging.getLogger(__name__)

_MOST = 4096
"""Entries that wait to be sent. What comes while so many wait is dropped."""
_GRACE = 3.0
"""Seconds that the end of the process waits for the last ones."""


class Connection(Protocol):
    """What the thread sends by."""

    def span(self, job: str, span: Span) -> None: ...

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None: ...

    def close(self) -> None: ...


type Entry = Callable[[Connection], None]


class Sending:
    """A sink that only queues. Its thread begins with the first entry, and then connects.

    Args:
        connect: opens the connection.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._entries: queue.Queue[Entry | None] = queue.Queue(_MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def spans(self, job: str, spans: list[Span]) -> None:
        for span in spans:
            self._put(partial(_send_span, job, span))

    def measure(self, name: str, value: float, **attributes: Value) -> None:
        self._put(lambda to: to.measure(name, value, attributes))

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        if self._thread is not None:
            self._put(None)
            self._thread.join(_GRACE)

    def _put(self, entry: Entry | None) -> None:
        self._begin()
        try:
            self._entries.put_nowait(entry)
        except queue.Full:
            return

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        try:
            connection: Connection = self._connect()
        except Exception as error:  # a wrong setting: jobs go on untold
            _log.warning("No telemetry is sent: %s: %s", type(error).__name__, error)
            connection = _Nothing()
        while (entry := self._entries.get()) is not None:
            try:
                entry(connection)
            except Exception as error:
                _log.warning("Telemetry is lost: %s: %s", type(error).__name__, error)
        connection.close()


class _Nothing:
    """Stands in for a connection that could not be opened."""

    def span(self, job: str, span: Span) -> None: ...

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None: ...

    def close(self) -> None: ...


def _send_span(job: str, span: Span, to: Connection) -> None:
    to.span(job, span)


def connect() -> Connection:
    """Open the connection that the app's settings name."""
    from shared.adapters.telemetry.signals import Signals  # noqa: PLC0415 - slow to import

    return Signals(os.environ)
