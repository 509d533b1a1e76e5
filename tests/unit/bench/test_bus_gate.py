"""The relay before the bus holds the message it is told to, before or after passing it on."""

import socket
import threading
from collections.abc import Iterator

import pytest

from bench.bus_gate import BusGate, Frames, counts
from bench.holding import When
from local.service_bus.amqp.frames import EMPTY, Body, Kind, body, frame

HEADER = b"AMQP\x00\x01\x00\x00"
ATTACH = frame(0, body(Body.ATTACH, "link"))
TRANSFER = frame(0, body(Body.TRANSFER, True) + b"payload")
SETTLED = frame(0, body(Body.DISPOSITION, True))
ANSWER = b"answered"
BOUND = 60


class Bus:
    """Takes one connection, keeps what came, and answers every message."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.got = b""
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        frames = Frames()
        with self._listening, self._listening.accept()[0] as connection:
            while chunk := connection.recv(1000):
                self.got += chunk
                for _ in filter(counts, frames.cut(chunk)):
                    connection.sendall(ANSWER)
        self.over.set()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def gate(bus: Bus) -> Iterator[BusGate]:
    with BusGate(bus.port) as running:
        yield running


def test_frames_are_whole_however_they_arrive():
    sent = HEADER + ATTACH + EMPTY + TRANSFER
    cut = Frames()
    found = [it for byte in sent for it in cut.cut(bytes([byte]))]
    assert found == [HEADER, ATTACH, EMPTY, TRANSFER]
    assert Frames().cut(sent) == found


def test_messages_and_what_became_of_them_count():
    sasl = frame(0, body(Body.SASL_INIT, "PLAIN"), Kind.SASL)
    assert [counts(it) for it in (HEADER, ATTACH, EMPTY, sasl)] == [False] * 4
    assert counts(TRANSFER)
    assert counts(SETTLED)


def test_all_passes_while_nothing_is_held(bus: Bus, gate: BusGate):
    gate.count()
    with socket.create_connection(("127.0.0.1", gate.port), BOUND) as app:
        app.sendall(HEADER + ATTACH + TRANSFER)
        assert app.recv(len(ANSWER))
    assert bus.over.wait(BOUND)
    assert bus.got == HEADER + ATTACH + TRANSFER
    assert gate.seen == 1
    assert not gate.held.is_set()


@pytest.mark.parametrize(("when", "passed"), [("before", b""), ("after", SETTLED)])
def test_the_nth_is_held_and_has_no_answer(bus: Bus, gate: BusGate, when: When, passed: bytes):
    gate.count(2, when)
    with socket.create_connection(("127.0.0.1", gate.port), BOUND) as app:
        app.sendall(HEADER + TRANSFER)
        answered = app.recv(len(ANSWER))
        app.sendall(SETTLED + TRANSFER)
        assert gate.held.wait(BOUND)
        app.shutdown(socket.SHUT_WR)
        while chunk := app.recv(1000):
            answered += chunk
    assert bus.over.wait(BOUND)
    assert bus.got == HEADER + TRANSFER + passed
    assert answered == ANSWER
