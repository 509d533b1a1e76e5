"""What a process and its children take: processor time and memory."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

import psutil

_EVERY: Final = 0.02
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far, with its children, also those that have ended."""
    own = psutil.Process(pid)
    times = own.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in own.children(recursive=True):
        try:
            there = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it has just ended, and is counted above the next time
        total += there.user + there.system
    return float(total)


def resident_bytes(pid: int) -> int:
    """Memory of a process alone; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except OSError:
        return 0


class Peak:
    """The most memory that was seen: of the process, of its children together, and of all."""

    def __init__(self) -> None:
        self.own = self.children = self.all = 0

    def look(self, pid: int) -> None:
        """Take one look."""
        own = resident_bytes(pid)
        children = sum(resident_bytes(it) for it in child_ids(pid))
        self.own = max(self.own, own)
        self.children = max(self.children, children)
        self.all = max(self.all, own + children)


def child_ids(pid: int) -> list[int]:
    """The children of every thread of a process, without theirs.

    One that has not begun its own program yet is left out: it shares its parent's memory.
    """
    own = _command(pid)
    return [it for it in _forked(pid) if _command(it) != own]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _forked(pid: int) -> list[int]:
    found = list[int]()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text(encoding="ascii").split())
        except OSError:
            continue  # the thread has just ended
    return found


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look at a process's memory fifty times a second."""
    peak, over = Peak(), Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            peak.look(pid)

    peak.look(pid)
    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def settled_bytes(pid: int, seconds: float = 5) -> int:
    """Memory of a process at rest: the least that was seen in so many seconds."""
    end = time.monotonic() + seconds
    least = resident_bytes(pid)
    while time.monotonic() < end:
        time.sleep(_EVERY)
        least = min(least, resident_bytes(pid))
    return least
