"""Opens and reads packages in a separate process, so that no package can harm the app.

A thread cannot be stopped from outside, so each call has a process of its own.
"""

import json
import signal
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any

from shared.domain.errors import Finding, Rejected, rejected
from shared.domain.failure import Unavailable
from shared.domain.left_out import LeftOut
from shared.package import limits
from shared.package.child import out_of_memory, out_of_time
from shared.package.forks import Forks
from shared.package.preparing import Located, Opened
from shared.package.transport import from_json

_LATER = 10.0
"""Seconds until a process that was ended must have told so."""


class BoundedPackages:
    """Opens, reads and lists packages, each in a process with limits on time and memory.

    Args:
        processor: seconds of processor time for each process.
        memory: bytes for each process, besides the interpreter and its modules.
        patience: seconds of wall time for each process.
        at_once: how many processes may run at once; further calls wait.
    """

    def __init__(
        self,
        *,
        processor: int = limits.SECONDS,
        memory: int = limits.MEMORY,
        patience: float = 120,
        at_once: int = 2,
    ) -> None:
        self._bounds = {"processor": processor, "memory": memory, "patience": patience}
        self._processor, self._memory, self._patience = processor, memory, patience
        self._forks = Forks()
        self._places = threading.BoundedSemaphore(at_once)

    def open_and_read(self, package: Path, into: Path, left_out: LeftOut | None = None) -> Opened:
        """See `preparing.open_and_read`. A package over the limits is rejected."""
        answer = self._call("open_and_read", package, into, left_out=left_out or {})
        return Opened(Path(answer["root"]), from_json(answer["reading"]))

    def copy_part(self, package: Path, into: Path, path: str, name: str) -> Path:
        """See `preparing.copy_part`."""
        return Path(self._call("copy_part", package, into, path=path, name=name)["root"])

    def locate_files(self, package: Path, into: Path, names: Collection[str]) -> Located:
        """See `preparing.locate_files`."""
        return Located(**self._call("locate_files", package, into, names=list(names)))

    def build_context(self, package: Path, into: Path, path: str) -> Path:
        """See `preparing.build_context`."""
        return Path(self._call("build_context", package, into, Path(path))["root"])

    def requirements_context(self, package: Path, into: Path, files: tuple[str, ...]) -> Path:
        """See `preparing.requirements_context`."""
        return Path(self._call("requirements_context", package, into, *map(Path, files))["root"])

    def build_digest(self, root: Path, path: str) -> str:
        """See `preparing.build_digest`."""
        return str(self._call("build_digest", root, Path(path))["digest"])

    def _call(self, work: str, *paths: Path, **more: Any) -> dict[str, Any]:
        asked = {"do": work, "paths": [str(path) for path in paths], "more": more}
        with self._places:
            ended, text = self._run(json.dumps(asked | self._bounds))
        match ended:
            case 0:
                return _answer(text)
            case code if code == -signal.SIGALRM:
                cause = f"Reading a package did not end within {self._patience:.0f} s"
                raise Unavailable("ReaderTimeout", cause)
            case code if code == -signal.SIGXCPU:
                raise Rejected(out_of_time(self._processor))
            case code if code == -signal.SIGABRT:  # how a library in Rust ends without memory
                raise Rejected(out_of_memory(self._memory))
            case code if code == -signal.SIGKILL:  # no limit of ours: the machine lacks memory
                raise Unavailable("ReaderKilled", "The process that reads packages was killed")
            case code if code < 0:
                cause = f"reading the package ended in {signal.Signals(-code).name}"
                raise rejected("package", cause, "Leave out what the flow does not need to run")
        raise RuntimeError(f"Reading a package failed: {text[-2000:]}")

    def _run(self, asked: str) -> tuple[int, str]:
        """The exit status of a process that gets this, and what it wrote."""
        return self._forks.run(asked, self._patience + _LATER)


def _answer(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(text)
    if "findings" in answer:
        raise Rejected(Finding.from_dict(each) for each in answer["findings"])
    return answer
