"""One process of the stack: start it, wait until it is ready, stop it."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.places import ROOT

type Facts = Mapping[str, Any]


class ChildFailedError(Exception):
    """A part did not become ready; the message has its log file and the last lines of it."""


@dataclass(frozen=True)
class Part:
    """How to start one part. `ready` parses its output lines until it returns facts."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[str], Facts | None]


class Child:
    """A started part. Its output and errors are appended to a log file."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self._log = log
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                part.command,
                cwd=ROOT,
                env=part.environment,
                # A pipe without writes: it closes when this process ends for any reason, and the
                # child ends with it.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Ctrl-C reaches only the supervisor, which stops its children in order.
                start_new_session=True,
            )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def wait_ready(self, seconds: float) -> Facts:
        """Wait until the part is ready, and return the facts of its ready line.

        Raises:
            ChildFailedError: it ended, or was not ready in time.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise self._failure(f"ended with code {self._process.wait()}")
            if (facts := self.part.ready(line)) is not None:
                return facts
        raise self._failure(f"was not ready within {seconds:.0f} s")

    def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        self._process.kill()
        self._close()

    def stop(self, grace_s: float = 5.0) -> None:
        """Terminate it; kill it after the grace period."""
        self._process.terminate()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._close()

    def _close(self) -> None:
        self._process.wait()
        assert self._process.stdin
        self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as output, self._log.open("ab", buffering=0) as log:
            for line in output:
                log.write(line)
                self._lines.put(line.decode(errors="replace"))
        self._lines.put(None)

    def _failure(self, reason: str) -> ChildFailedError:
        lines = self._log.read_text(errors="replace").splitlines()[-12:]
        tail = "\n".join(f"    {line}" for line in lines)
        return ChildFailedError(
            f"{self.part.name} {reason}; last lines of its log {self._log}:\n{tail}"
        )
