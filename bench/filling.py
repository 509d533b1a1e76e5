"""Writes many blobs into an Azurite fast: past HTTP, each like one that was written through it."""

import base64
import json
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from azure.storage.blob import BlobServiceClient

from bench.calls import open_counted
from local.azure_ml.testing import azurite, in_environment

_PRELOADED: Final = Path(__file__).with_name("fill-azurite.cjs")
_MEGABYTES: Final = 8192
"""Of Azurite's memory: a hundred thousand jobs take half of it."""
_PROCESSES: Final = 2


class Blob(NamedTuple):
    """A blob to write. `like`: the path of one in the same container that is the same otherwise."""

    path: str
    content: bytes
    metadata: Mapping[str, str]
    like: str


@dataclass(frozen=True)
class Filler:
    """Writes blobs into the containers of an Azurite. `door`: its socket."""

    door: Path

    def write(self, container: str, blobs: Callable[[int], Iterable[Blob]], count: int) -> None:
        """Write the blobs of each number below `count`.

        Raises RuntimeError if not all were written.
        """
        fork = get_context("fork")
        shares = [range(first, count, _PROCESSES) for first in range(_PROCESSES)]
        processes = [
            fork.Process(target=self._share, args=(container, blobs, numbers)) for numbers in shares
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        if any(process.exitcode for process in processes):
            raise RuntimeError("Not all blobs were written")

    def _share(
        self, container: str, blobs: Callable[[int], Iterable[Blob]], numbers: range
    ) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.door))
            with connection.makefile("rw", encoding="ascii") as lines:
                for number in numbers:
                    told = [_json(it) for it in blobs(number)]
                    lines.write(f"{json.dumps({'container': container, 'blobs': told})}\n")
                lines.write("\n")
                lines.flush()
                if lines.read() != "done":
                    raise RuntimeError("Azurite did not take the blobs")


def _json(blob: Blob) -> dict[str, object]:
    content = base64.b64encode(blob.content).decode()
    return {**blob._asdict(), "content": content, "metadata": dict(blob.metadata)}


@contextmanager
def opened() -> Iterator[tuple[BlobServiceClient, Filler]]:
    """An account in an Azurite of its own, whose calls are counted, and what fills it."""
    with tempfile.TemporaryDirectory() as folder:
        door = Path(folder) / "fill"
        node = ("--require", str(_PRELOADED), f"--max-old-space-size={_MEGABYTES}")
        with (
            in_environment({"FILL_SOCKET": str(door)}),
            azurite(None, *node) as port,
            open_counted(port) as account,
        ):
            yield account, Filler(door)
