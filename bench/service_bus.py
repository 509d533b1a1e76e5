"""How fast the local Service Bus is, to the ordinary SDK: `python -m bench.service_bus`.

Prints one JSON line: messages a second sent one at a time, received and completed, with the
broker's own CPU time for each (which other work on the machine hardly changes), and the median and
95th percentile of the time from the call of send to the message in a waiting receiver's hand.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient as AioServiceBusClient

from local.service_bus.address import connection_string
from tests.local.part import ROOT, Part

KEY = "YmVuY2g="
QUEUE = "deploy-requests"
MESSAGES = 2000
ROUNDS = 100


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        flags = ("--config", str(ROOT / "local/service_bus/queues.json"))
        state = ("--db", str(Path(folder) / "bus.db"))
        with Part(
            "local.service_bus", *flags, *state, "--key", f"RootManageSharedAccessKey={KEY}"
        ) as part:
            address = connection_string(part.facts["port"], KEY)
            rates = _rates(address, part.process.pid)
            print(json.dumps({**rates, **asyncio.run(_latencies(address))}))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def _rates(address: str, pid: int) -> dict[str, int]:
    body = "x" * 500
    with ServiceBusClient.from_connection_string(address) as client:
        with client.get_queue_sender(QUEUE) as sender:
            begun, spent = time.perf_counter(), _cpu_seconds(pid)
            for _ in range(MESSAGES):
                sender.send_messages(ServiceBusMessage(body))
            sending = time.perf_counter() - begun
            send_cpu = (_cpu_seconds(pid) - spent) / MESSAGES
        with client.get_queue_receiver(QUEUE, prefetch_count=200) as receiver:
            begun, spent, done = time.perf_counter(), _cpu_seconds(pid), 0
            while done < MESSAGES and time.perf_counter() < begun + 60:
                for message in receiver.receive_messages(200, max_wait_time=2):
                    receiver.complete_message(message)
                    done += 1
            receiving = time.perf_counter() - begun
            receive_cpu = (_cpu_seconds(pid) - spent) / MESSAGES
    return {
        "sent_per_second": round(MESSAGES / sending),
        "received_and_completed_per_second": round(done / receiving),
        "broker_cpu_us_to_accept_one": round(send_cpu * 1e6),
        "broker_cpu_us_to_deliver_and_complete_one": round(receive_cpu * 1e6),
    }


async def _latencies(address: str) -> dict[str, float]:
    took: list[float] = []
    async with (
        AioServiceBusClient.from_connection_string(address) as client,
        client.get_queue_sender(QUEUE) as sender,
        client.get_queue_receiver(QUEUE) as receiver,
    ):
        for _ in range(ROUNDS):
            waiting = asyncio.create_task(receiver.receive_messages(1, max_wait_time=5))
            await asyncio.sleep(0.02)
            begun = time.perf_counter()
            await sender.send_messages(ServiceBusMessage("x"))
            [message] = await waiting
            took.append(time.perf_counter() - begun)
            await receiver.complete_message(message)
    return {
        "send_to_receive_ms_median": round(statistics.median(took) * 1000, 2),
        "send_to_receive_ms_p95": round(statistics.quantiles(took, n=20)[-1] * 1000, 2),
    }


if __name__ == "__main__":
    main()
