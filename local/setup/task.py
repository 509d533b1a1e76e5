"""One set-up task: runs once, and again only when its inputs change."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.places import ROOT, STAMPS


class SetupError(Exception):
    """Set-up cannot continue; the message is one line with the remedy."""


@dataclass(frozen=True)
class Task:
    """Creates `output` by calling `make` with a log file; `inputs` are the files it depends on."""

    name: str
    output: Path
    inputs: tuple[Path, ...]
    make: Callable[[Path], None]

    @property
    def _stamp(self) -> Path:
        return STAMPS / f"{self.output.name.lstrip('.')}.stamp"

    def _wanted(self) -> str:
        # Includes the path: virtual environments have absolute paths, so a moved checkout needs a
        # new set-up.
        digest = hashlib.sha256(f"{sys.version}\n{self.output}\n".encode())
        for path in self.inputs:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def done(self) -> bool:
        """True if the output exists and was created from the current inputs."""
        stamped = self._stamp.read_text() if self._stamp.exists() else ""
        return self.output.exists() and stamped == self._wanted()

    def run(self) -> float:
        """Create the output, stamp it, and return the seconds it took.

        Raises:
            SetupError: it failed; the message ends with the last lines of its log.
        """
        began = time.monotonic()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self._stamp.unlink(missing_ok=True)
        log = self._stamp.with_suffix(".log")
        log.unlink(missing_ok=True)
        wanted = self._wanted()
        try:
            self.make(log)
        except subprocess.CalledProcessError as failed:
            raise SetupError(
                f"{self.name} failed; last lines of its log:\n{_tail(log)}"
            ) from failed
        self._stamp.write_text(wanted)
        return time.monotonic() - began


def run(log: Path, *command: str | Path, environment: dict[str, str] | None = None) -> None:
    """Run a command in the root of the checkout, appending its output to a log file."""
    with log.open("ab") as output:
        subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([*(f"    {line}" for line in text[-lines:]), f"    (full log: {log})"])


def unfinished(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that are not done."""
    return [task for task in tasks if not task.done()]
