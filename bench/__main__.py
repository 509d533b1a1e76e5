"""`make bench`: the figures that Sluice answers for. Prints one line each; nothing is asserted."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from local.options import Options
from local.stack import Stack
from tests.e2e.client import Client, zipped

ROOT: Final = Path(__file__).parents[1]
IMPORT: Final = """
import json, os, sys, time
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
began = time.process_time()
import {modules}
print(json.dumps({{
    "seconds": time.process_time() - began,
    "mb": (resident() - before) / 2**20,
    "modules": len(sys.modules),
}}))
"""
SDKS: Final = "azure.functions, azure.durable_functions"
IMPORTS: Final = 15
SETTINGS: Final = {
    "FLOWS_CONTAINER": "flows",
    "REQUESTS_QUEUE": "deploy-requests",
    "CHANGES_QUEUE": "flow-changes",
    "SWEEP_SCHEDULE": "0 * * * * *",
}
READS: Final = ("listkeys", "listsecrets", "getlogs", "token")
RUNS: Final = 5


def main() -> None:
    tested()
    imported()
    options = Options(endpoint_seconds=0, deployment_seconds=0, grant_seconds=0, serve="echo")
    with tempfile.TemporaryDirectory() as state, Stack(Path(state), options) as stack:
        client = Client(stack.facts)
        first = deployed(client, "first")
        print(f"first drop to result, app cold       {first[0]:.2f} s")
        counted("ARM calls of the first deployment", client, "first")
        times = [deployed(client, f"bench-{number}") for number in range(RUNS)]
        _spread("drop to result, by the client", [seen for seen, _ in times])
        _spread("accepted to result, by the ledger", [kept for _, kept in times])
        client.admin("DELETE", "calls")
        deployed(client, "counted")
        counted("ARM calls of one deployment", client, "counted")


def tested() -> None:
    """What the last `make test` came to."""
    try:
        suite = ET.parse(ROOT / ".local/tests.xml").getroot()[0]
        totals = json.loads((ROOT / ".local/coverage.json").read_text())["totals"]
    except OSError:
        print("tests                                run `make test` first")
        return
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    print(
        f"{'tests, of the last make test':<37}{suite.get('tests')} in "
        f"{float(suite.get('time', 0)):.0f} s, {bad} failed; "
        f"{totals['percent_covered']:.1f} % of functions/ and shared/ covered"
    )


def imported() -> None:
    """Importing the app and the SDKs alone, in turn, each in a fresh process; processor time.

    The first pair may compile, and does not count.
    """
    pairs = [(_import("function_app"), _import(SDKS)) for _ in range(IMPORTS + 1)][1:]
    app, sdks = ([run["seconds"] for run in runs] for runs in zip(*pairs, strict=True))
    _spread("import of function_app, processor", app)
    _spread("import of the two SDKs, processor", sdks)
    ratio = statistics.median(app) / statistics.median(sdks)
    last = pairs[-1][0]
    print(f"  ratio {ratio:.2f}; {last['mb']:.0f} MB, {last['modules']} modules")


def _import(modules: str) -> dict[str, Any]:
    script = IMPORT.format(modules=modules)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=SETTINGS, capture_output=True, check=True
    )
    return dict(json.loads(done.stdout))


def deployed(client: Client, name: str) -> tuple[float, float]:
    """Seconds from the upload to the result message, and from accepting to the result's time."""
    content = zipped(ROOT / "samples" / "hello")
    assert client.receiver, "opened before the clock runs"
    began = time.perf_counter()
    etag = client.flows.get_blob_client(f"{name}.zip").upload_blob(content)["etag"]
    while not (event := client.next_result()):
        pass
    seen = time.perf_counter() - began
    assert event["data"]["outcome"] == "succeeded", (etag, event)
    accepted = time_of(event["data"]["accepted"])
    return seen, time_of(event["time"]) - accepted


def time_of(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def counted(title: str, client: Client, name: str) -> None:
    """What ARM was asked since the log was cleared."""
    calls = [call for call in client.calls() if call["host"] == "management.azure.com"]
    reads = [it for it in calls if _reads(it)]
    print(f"{title:<37}{len(reads)} reads, {len(calls) - len(reads)} writes ({name})")


def _reads(call: dict[str, Any]) -> bool:
    return bool(call["method"] == "GET" or call["path"].lower().endswith(READS))


def _spread(title: str, seconds: list[float]) -> None:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    print(f"{title:<37}{middle:.2f} s (min {low:.2f}, max {high:.2f}, n {len(seconds)})")


if __name__ == "__main__":
    main()
