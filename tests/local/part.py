"""Starting a part of the local stack as the supervisor does, for tests and benches."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).parents[2]


class Part:
    """A process `python -m local.<module>`, started once its ready line is read."""

    def __init__(
        self, module: str, *flags: str, env: dict[str, str] | None = None, log: Path | None = None
    ) -> None:
        # However the tests end, the part does too: its stdin ends with them.
        self._command = [sys.executable, "-m", module, *flags, "--follow-stdin"]
        self._env = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        self._log = log
        self.facts: dict[str, Any] = {}
        self.start()

    def start(self) -> None:
        log: IO[bytes] | None = self._log.open("ab") if self._log else None
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        if log is not None:
            log.close()
        self.facts = json.loads(self._first_line(timeout=120))

    def kill(self) -> None:
        """Kill it as `kill -9` does."""
        self.process.kill()
        self.process.wait(180)

    def stop(self, timeout: float = 180) -> int:
        """Send SIGTERM and return the exit code; kill it if it does not end in time."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def rss(self) -> int:
        """Return its resident memory in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _first_line(self, timeout: float) -> bytes:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                self.kill()
                raise TimeoutError(f"{self._command} said nothing for {timeout} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._command} ended with {self.process.wait(180)}")
        return line


def eventually[T](
    ask: Callable[[], T],
    is_so: Callable[[T], object] = bool,
    *,
    within: float = 180.0,
    what: str = "",
) -> T:
    """Poll until `is_so` holds for an answer; fail with the last answer on timeout."""
    end = time.monotonic() + within
    while True:
        answer = ask()
        if is_so(answer):
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what or ask}; last answer: {answer!r}")
        time.sleep(0.02)
