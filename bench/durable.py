"""How fast Durable is on the local stack: `python -m bench.durable [ORCHESTRATIONS]`.

Backend and Functions host run as the supervisor starts them, with the tests' sample app. Prints
one JSON line: milliseconds from start to completion of an orchestration of three activities, one
at a time (median and 95th percentile), orchestrations completed a second when all are started at
once, and memory of both processes before and after (MB).
"""

import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from durabletask.client import OrchestrationStatus, TaskHubGrpcClient

from tests.local.functions_host.host_stack import NOWHERE, Stack, build_stack
from tests.local.part import Part

ROUNDS = 30
NO_STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;"
    "BlobEndpoint=http://127.0.0.1:9/none;QueueEndpoint=http://127.0.0.1:9/none;"
)


def main(count: int) -> None:
    parts: list[Part] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            stack = build_stack(Path(folder), NO_STORAGE, parts, SampleServiceBus=NOWHERE)
            client = TaskHubGrpcClient(host_address=stack.durable.facts["address"])
            _run(client, "warm")
            figures = {**_latency(client), "idle_mb": _memory(stack)}
            figures |= {"orchestrations_a_second": _throughput(client, count)}
            print(json.dumps({**figures, "loaded_mb": _memory(stack)}))
            client.close()
        finally:
            for part in reversed(parts):
                part.stop()


def _run(client: TaskHubGrpcClient, instance: str) -> None:
    client.schedule_new_orchestration("three", instance_id=instance)
    state = client.wait_for_orchestration_completion(instance, timeout=60)
    assert state is not None
    assert state.runtime_status == OrchestrationStatus.COMPLETED


def _latency(client: TaskHubGrpcClient) -> dict[str, object]:
    taken = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        _run(client, f"one-{number}")
        taken.append((time.perf_counter() - begun) * 1000)
    return {
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 1),
    }


def _throughput(client: TaskHubGrpcClient, count: int) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda number: _run(client, f"many-{number}"), range(count)))
    return round(count / (time.perf_counter() - begun), 1)


def _memory(stack: Stack) -> dict[str, int]:
    return {"backend": stack.durable.rss() >> 20, "host": stack.host.rss() >> 20}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
