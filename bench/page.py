"""`python -m bench.page [JOBS]`: the weight of the page, and its list over many jobs.

Jobs are lines in the ledger's list; the list reads nothing else of them.
"""

import gzip
import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from azure.storage.blob import BlobServiceClient

from bench.filling import Blob, write_all
from local.app_settings import LEDGER_CONTAINER
from local.options import Options
from local.places import ROOT
from local.stack import Stack
from shared.domain.requests.request import newest_first, stamp
from tests.e2e.client import Client

JOBS: Final = 10_000
TIMES: Final = 5
NOW: Final = datetime.now(UTC)


def listed(number: int) -> Iterable[Blob]:
    """The line of the job with this number; the higher, the older."""
    job = hashlib.sha256(str(number).encode()).hexdigest()[:20]
    when = stamp(NOW - timedelta(minutes=number + 1))
    told = {"state": "succeeded", "endpoint": f"e{number % 100}", "source": "a.zip"}
    yield f"listed/{newest_first(when)}~{job}", b"", {**told, "accepted": when}


def weight() -> None:
    """Print the bytes of the page's files, as they are sent and as a proxy would compress them."""
    files = [it.read_bytes() for it in sorted((ROOT / "page").iterdir())]
    packed = sum(len(gzip.compress(it)) for it in files)
    print(f"{len(files)} files, {sum(map(len, files)):,} bytes; {packed:,} with gzip")


def first_list(client: Client) -> None:
    """Print the seconds and bytes of the first hundred jobs, and of each page to the last job."""
    taken = list[float]()
    for _ in range(TIMES):
        began = time.monotonic()
        answer = client.call("GET", "jobs")
        taken.append(time.monotonic() - began)
    shown = answer.json()
    print(f"first list: {statistics.median(taken):.2f} s, {len(answer.content):,} bytes")
    pages, jobs, began = 1, len(shown["jobs"]), time.monotonic()
    while shown["before"]:
        shown = client.call("GET", "jobs", params={"before": shown["before"]}).json()
        pages, jobs = pages + 1, jobs + len(shown["jobs"])
    print(f"all {jobs:,} jobs: {pages} pages, {(time.monotonic() - began) / pages:.2f} s each")


def main() -> None:
    """Fill a new stack, and print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    weight()
    with (
        tempfile.TemporaryDirectory(prefix="sluice-page-") as folder,
        Stack(Path(folder), Options(serve="echo")) as stack,
    ):
        account = BlobServiceClient.from_connection_string(stack.facts["storage_connection_string"])
        write_all(account, LEDGER_CONTAINER, listed, count)
        first_list(Client(stack.facts))


if __name__ == "__main__":
    main()
