"""A relay before the bus that counts what the app sends, and holds the nth of it.

Counted are AMQP's transfers (messages, and requests to the bus itself) and dispositions (what
became of a message). A held one is not passed on (`before`), or is and no answer comes (`after`).
"""

import asyncio
import contextlib
import threading
from typing import Self

from bench.holding import When
from local.service_bus.amqp.frames import HEADER_SIZE, Body, frame_size

_COUNTED = frozenset({Body.TRANSFER, Body.DISPOSITION})
_LARGEST = 2**31 - 1
_CHUNK = 65_536


class Frames:
    """Cuts what one side of an AMQP connection sends into frames and protocol headers."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, chunk: bytes) -> list[bytes]:
        """Return the whole frames so far; the rest is kept for the next chunk."""
        self._rest += chunk
        found = list[bytes]()
        while len(self._rest) >= HEADER_SIZE:
            header = self._rest.startswith(b"AMQP")
            size = HEADER_SIZE if header else frame_size(self._rest, 0, _LARGEST)
            if len(self._rest) < size:
                break
            found.append(self._rest[:size])
            self._rest = self._rest[size:]
        return found


def counts(frame: bytes) -> bool:
    """True for a transfer or a disposition, with a small descriptor as all SDKs write it."""
    start = frame[4] * 4
    is_frame = not frame.startswith(b"AMQP") and frame[5] == 0
    return is_frame and frame[start : start + 2] == b"\x00\x53" and frame[start + 2] in _COUNTED


class BusGate:
    """The relay, in a thread of its own. `bus` is the bus's port; the app connects to `port`."""

    def __init__(self, bus: int) -> None:
        self._bus = bus
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._nth = self.port = self.seen = 0
        self._when: When = "before"
        self.held = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        self.port = int(server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def count(self, nth: int = 0, when: When = "before") -> None:
        """Count from now on, and hold the nth; 0 holds none."""
        self.held.clear()
        self.seen, self._nth, self._when = 0, nth, when

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # one side is gone
            from_bus, to_bus = await asyncio.open_connection("127.0.0.1", self._bus)
            quiet = asyncio.Event()
            down = asyncio.create_task(_relay(from_bus, writer, quiet))
            try:
                await self._forward(reader, to_bus, quiet)
            finally:
                to_bus.close()
                await down
        writer.close()

    async def _forward(
        self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, quiet: asyncio.Event
    ) -> None:
        frames = Frames()
        while chunk := await reader.read(_CHUNK):
            for frame in frames.cut(chunk):
                if self._is_nth(frame):
                    if self._when == "after":
                        quiet.set()
                        to.write(frame)
                        await to.drain()
                    self.held.set()
                    await reader.read()  # until the app is gone
                    return
                to.write(frame)
            await to.drain()

    def _is_nth(self, frame: bytes) -> bool:
        if not counts(frame):
            return False
        self.seen += 1
        return self.seen == self._nth


async def _relay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, quiet: asyncio.Event
) -> None:
    """Relay what the bus answers, unless it is to be kept from the app."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            if not quiet.is_set():
                writer.write(chunk)
                await writer.drain()
    writer.close()
