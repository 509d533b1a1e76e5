"""Calls in processes of their own, forked from one that has loaded all that they need.

A fresh interpreter takes a third of a second of processor time for each call, a fork a hundredth. A
fork of the app itself may deadlock, since it has threads; the process that forks has one.
"""

import os
import socket
import subprocess
import sys
from threading import Lock

from shared.domain.failure import Unavailable

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONHOME")
"""The variables that an interpreter may need to start. The app's settings are not passed on."""

_PIECE = 2**16


class Forks:
    """Starts the process that forks when it is first needed, and again if it has ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, asked: str, patience: float) -> tuple[int, str]:
        """Make a call; return the exit status of its process, and what it wrote.

        The status is negative for a signal. Raises Unavailable if it takes longer than `patience`,
        in seconds, or if no process can be started.
        """
        try:
            with self._called() as call:
                call.settimeout(patience)
                call.sendall(asked.encode())
                call.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: call.recv(_PIECE), b""))
        except TimeoutError as error:
            cause = f"Reading a package did not end within {patience:.0f} s"
            raise Unavailable("ReaderTimeout", cause) from error
        except OSError as error:
            raise Unavailable(type(error).__name__, str(error)) from error
        text, _, code = answer.decode(errors="replace").rpartition("\n")
        if not code:
            raise Unavailable("ReaderEnded", "The process that reads packages has ended")
        return int(code), text

    def _called(self) -> socket.socket:
        """Hand one end of a new socket to the process; return the other."""
        mine, its = socket.socketpair()
        with its:
            try:
                self._hand(its)
            except OSError:
                self._end()
                self._hand(its)
        return mine

    def _hand(self, its: socket.socket) -> None:
        with self._lock:
            if self._door is None:
                self._door, self._process = _start()
            socket.send_fds(self._door, [b"c"], [its.fileno()])

    def _end(self) -> None:
        with self._lock:
            if self._door is not None:
                self._door.close()
            self._door = None


def environment() -> dict[str, str]:
    """The variables of a process that reads packages."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}


def _start() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    mine, its = socket.socketpair()
    with its:
        number = its.fileno()
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", "shared.package.fork_server", str(number)],
            stdin=subprocess.DEVNULL,
            pass_fds=[number],
            env=environment(),
        )
    return mine, process
