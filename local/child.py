"""One process of the stack: start it, wait until it is ready, end it."""

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
    """A part did not become ready; the text names its log and the log's last lines."""


@dataclass(frozen=True)
class Part:
    """How one part is started. `ready` reads its output line by line, until it gives facts."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[str], Facts | None]


class Child:
    """A started part. Its output and errors go to the end of a log file."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self._log = log
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                part.command,
                cwd=ROOT,
                env=part.environment,
                # A pipe that nobody writes to: it ends when this process does, however it does,
                # and the child with it.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Ctrl-C is for the supervisor alone: it ends its children in order.
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
        """What the part says of itself once it is ready.

        Raises:
            ChildFailedError: it ended, or said nothing within the time.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise self._failed(f"ended with code {self._process.wait()}")
            if (facts := self.part.ready(line)) is not None:
                return facts
        raise self._failed(f"was not ready within {seconds:.0f} s")

    def kill(self) -> None:
        """End it at once, as a machine that fails does, and wait until it is gone."""
        self._process.kill()
        self._close()

    def stop(self, grace_s: float = 5.0) -> None:
        """Ask it to end; insist when the grace is over."""
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

    def _failed(self, how: str) -> ChildFailedError:
        lines = self._log.read_text(errors="replace").splitlines()[-12:]
        tail = "\n".join(f"    {line}" for line in lines)
        return ChildFailedError(f"{self.part.name} {how}; its log, {self._log}, ends so:\n{tail}")
