"""One client's connection: protocol headers, SASL, frames in and out.

A malformed frame ends only the connection of the client that sent it.
"""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from local.service_bus.amqp.frames import (
    HEADER_SIZE,
    Body,
    Frame,
    Kind,
    body,
    error,
    frame,
    frame_size,
    read_frame,
)
from local.service_bus.amqp.types import Array, DecodeError, Symbol, UByte, UInt, UShort
from local.service_bus.broker import Broker
from local.service_bus.cbs import Gate
from local.service_bus.journal import Journal
from local.service_bus.outbox import Outbox
from local.service_bus.session import Session

LARGEST_FRAME: Final = 65536
SMALLEST_FRAME: Final = 512
MOST_SESSIONS: Final = 256
IDLE_TIMEOUT: Final = 240_000
_SASL_HEADER: Final = b"AMQP\x03\x01\x00\x00"
_AMQP_HEADER: Final = b"AMQP\x00\x01\x00\x00"
_MECHANISMS: Final = Array(Symbol, [Symbol("MSSBCBS"), Symbol("ANONYMOUS")])

log = logging.getLogger(__name__)


class _Stage(Enum):
    HEADER = auto()
    SASL = auto()
    OPENING = auto()
    OPEN = auto()
    CLOSED = auto()


class Connection(asyncio.Protocol):
    def __init__(
        self, broker: Broker, gate: Gate, journal: Journal, on_end: Callable[["Connection"], None]
    ) -> None:
        self._broker = broker
        self._gate = gate
        self._outbox = Outbox(journal)
        self._on_end = on_end
        self._received = bytearray()
        self._stage = _Stage.HEADER
        self._sessions: dict[int, Session] = {}
        self._largest_frame = SMALLEST_FRAME

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._outbox.connect(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._stage = _Stage.CLOSED
        self._outbox.abort()
        for session in self._sessions.values():
            session.end()
        self._sessions.clear()
        self._on_end(self)

    def abort(self) -> None:
        self._outbox.abort()

    # In

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            while self._stage is not _Stage.CLOSED and self._take_next():
                pass
        except DecodeError as wrong:
            log.warning("connection closed: %s", wrong)
            self._close(body(Body.CLOSE, error("amqp:decode-error", str(wrong))))

    def _take_next(self) -> bool:
        """Process one header or frame; return False if none is complete yet."""
        if len(self._received) < HEADER_SIZE:
            return False
        size = HEADER_SIZE
        if self._received.startswith(b"AMQP") and self._stage is not _Stage.OPEN:
            self._take_header(bytes(self._received[:size]))
        else:
            size = frame_size(self._received, 0, LARGEST_FRAME)
            if len(self._received) < size:
                return False
            found = read_frame(bytes(self._received[:size]))
            if found:
                self._take_frame(found)
        del self._received[:size]
        return True

    def _take_header(self, header: bytes) -> None:
        if header == _SASL_HEADER and self._stage is _Stage.HEADER:
            self._stage = _Stage.SASL
            self._outbox.put(_SASL_HEADER)
            self._put(0, body(Body.SASL_MECHANISMS, _MECHANISMS), Kind.SASL)
        elif header == _AMQP_HEADER and self._stage in (_Stage.HEADER, _Stage.OPENING):
            self._stage = _Stage.OPENING
            self._outbox.put(_AMQP_HEADER)
        else:
            raise DecodeError("unexpected protocol header")

    def _take_frame(self, found: Frame) -> None:
        if self._stage is _Stage.SASL and found.body == Body.SASL_INIT:
            self._stage = _Stage.OPENING
            self._put(0, body(Body.SASL_OUTCOME, UByte(0)), Kind.SASL)
        elif self._stage is _Stage.OPENING and found.body == Body.OPEN:
            self._open(found)
        elif self._stage is _Stage.OPEN:
            self._take_open(found)
        else:
            raise DecodeError(f"unexpected frame 0x{found.body:02x}")

    def _take_open(self, found: Frame) -> None:
        session = self._sessions.get(found.channel)
        match found.body:
            case Body.BEGIN:
                self._begin(found)
            case Body.CLOSE:
                self._close(body(Body.CLOSE))
            case Body.END if session:
                session.end()
                del self._sessions[found.channel]
                self._put(found.channel, body(Body.END))
            case _ if session:
                session.take(found)
            # Otherwise the session has ended; the Python SDK still detaches its links after that.

    def _open(self, found: Frame) -> None:
        self._stage = _Stage.OPEN
        limit = found.fields.integer(2)
        self._largest_frame = LARGEST_FRAME if limit is None else min(limit, LARGEST_FRAME)
        if self._largest_frame < SMALLEST_FRAME:
            raise DecodeError("the maximum frame size is too small")
        limits = UInt(LARGEST_FRAME), UShort(MOST_SESSIONS - 1), UInt(IDLE_TIMEOUT)
        self._put(0, body(Body.OPEN, "sluice-service-bus", None, *limits))
        patience = found.fields.integer(4)
        if patience:
            self._outbox.beat(max(patience, 1000) / 2000)

    def _begin(self, found: Frame) -> None:
        if found.channel in self._sessions or found.channel >= MOST_SESSIONS:
            raise DecodeError("the channel is in use or too large")

        def put(content: bytes) -> None:
            self._put(found.channel, content)

        session = Session(found, self._broker, self._gate, put, self._largest_frame)
        self._sessions[found.channel] = session

    # Out

    def _put(self, channel: int, content: bytes, kind: Kind = Kind.AMQP) -> None:
        self._outbox.put(frame(channel, content, kind))

    def _close(self, content: bytes) -> None:
        self._stage = _Stage.CLOSED
        self._put(0, content)
        self._outbox.end()
