"""Output to one client, held back until the changes it reports are committed."""

import asyncio

from local.service_bus.amqp.frames import EMPTY
from local.service_bus.journal import Journal


class Outbox:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._ends = False
        self._heartbeat: asyncio.TimerHandle | None = None

    def connect(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def put(self, raw: bytes) -> None:
        if not self._waiting:
            self._journal.then(self._write)
        self._waiting.append(raw)

    def end(self) -> None:
        """Close the connection once all output is written."""
        self._ends = True
        self._journal.then(self._write)

    def abort(self) -> None:
        if self._heartbeat:
            self._heartbeat.cancel()
        if self._transport:
            self._transport.abort()

    def beat(self, every: float) -> None:
        """Send an empty frame now and every `every` seconds, as a heartbeat."""
        if self._transport and not self._ends:
            self._transport.write(EMPTY)
            loop = asyncio.get_running_loop()
            self._heartbeat = loop.call_later(every, self.beat, every)

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._transport and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))
            if self._ends:
                self._transport.close()
