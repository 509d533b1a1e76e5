"""Memory of the Functions host while it deploys the largest package that Sluice takes.

    python -m bench.package_memory [--mb 199]

The package is the sample with that many megabytes of bytes that do not compress. A small package is
deployed first, so that nothing is imported during the measurement. Prints the host's memory at
rest, and the most above it: of the host's own process, of the processes that read packages, and of
both. Ends with 1 if the host's own is over 64 MB.
"""

import argparse
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from azure.storage.blob import BlobClient

from bench.doors import SAMPLE
from bench.rows import Row
from bench.sides import plain_options
from bench.stacks import accept_older_builds
from bench.usage import Peak, settled_bytes, watched
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client, wait, zipped

MOST: Final = 64
LARGEST: Final = 199
"""Megabytes of the largest package, as Sluice limits it, with the sample."""
_MB: Final = 1024 * 1024
_NAMES: Final = ("host", "readers", "both")


@dataclass(frozen=True)
class Held:
    """Megabytes of the host at rest, and the most above it by `_NAMES`."""

    rest: float
    above: tuple[float, float, float]


def measure(app: Path, megabytes: int) -> Held:
    """Deploy a small and a large package."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir()
        large = _packed(Path(folder) / "large.zip", megabytes)
        with Stack(state, plain_options(state, app)) as stack:
            client = Client(stack.facts)
            accept_older_builds(client)
            _deployed(client, "small", None)
            host = int(stack.facts["processes"]["functions_host"])
            rest = settled_bytes(host)
            with watched(host) as peak:
                _deployed(client, "large", large)
    return Held(rest / _MB, _above(peak, rest))


def memory(apps: tuple[Path, Path], rounds: int) -> Iterator[Row]:
    """Measure both builds, once, whatever the rounds."""
    del rounds
    older, now = (measure(app, LARGEST).above[0] for app in apps)
    figure = f"memory above rest, a package of {LARGEST} MB"
    yield Row(figure, round(older), round(now), "MB", most=MOST)


def _above(peak: Peak, rest: int) -> tuple[float, float, float]:
    return (peak.own - rest) / _MB, peak.children / _MB, (peak.all - rest) / _MB


def _packed(target: Path, megabytes: int) -> Path:
    target.write_bytes(zipped(SAMPLE))
    with zipfile.ZipFile(target, "a") as archive, archive.open("table.bin", "w") as file:
        for _ in range(megabytes):
            file.write(os.urandom(_MB))
    return target


def _deployed(client: Client, name: str, package: Path | None) -> None:
    """Upload in pieces, as any client does with a large file, and wait for the result."""
    blob: BlobClient = client.flows.get_blob_client(f"{name}.zip")
    assert client.receiver, "opened in advance"
    if package is None:
        blob.upload_blob(zipped(SAMPLE))
    else:
        with package.open("rb") as file:
            blob.upload_blob(file, max_concurrency=2)
    event = wait(client.next_result, 900, f"no result for {name}", every=0)
    assert event["data"]["outcome"] == "succeeded", event


def main() -> int:
    """Print the memory; 1 if it is too much."""
    given = argparse.ArgumentParser(prog="python -m bench.package_memory", description=__doc__)
    given.add_argument("--mb", type=int, default=LARGEST, help="of the package")
    asked = given.parse_args()
    held = measure(ROOT, asked.mb)
    print(f"a package of {asked.mb} MB; the Functions host at rest: {held.rest:.0f} MB")
    for name, above in zip(_NAMES, held.above, strict=True):
        print(f"  {name:<10}{above:>6.0f} MB more at most")
    return 1 if held.above[0] > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
