"""One interface over the SDK's sync and aio clients, so that each case runs on both."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from azure.servicebus import ServiceBusClient
from azure.servicebus.aio import ServiceBusClient as AioServiceBusClient


class Bus(Protocol):
    """Keeps senders and receivers open, because opening each costs half a second."""

    @property
    def face(self) -> str: ...

    def do(self, result: Any) -> Any:
        """Return the result of an SDK call, awaited for aio."""

    def sender(self, queue: str) -> Any: ...

    def receiver(self, queue: str, **options: Any) -> Any: ...

    def open(self, queues: Iterable[str]) -> None:
        """Open the usual senders and receivers of these queues concurrently."""

    def close(self) -> None: ...


class SyncBus:
    face = "sync"

    def __init__(self, connection_string: str, retry_total: int = 0) -> None:
        self._client = ServiceBusClient.from_connection_string(
            connection_string, retry_total=retry_total
        )
        self._open: dict[object, Any] = {}

    def do(self, result: Any) -> Any:
        return result

    def sender(self, queue: str) -> Any:
        if queue not in self._open:
            self._open[queue] = self._client.get_queue_sender(queue).__enter__()
        return self._open[queue]

    def receiver(self, queue: str, **options: Any) -> Any:
        key = queue, *sorted(options.items())
        if key not in self._open:
            self._open[key] = self._client.get_queue_receiver(queue, **options).__enter__()
        return self._open[key]

    def open(self, queues: Iterable[str]) -> None:
        with ThreadPoolExecutor(16) as at_once:
            for queue in queues:
                at_once.submit(self.sender, queue)
                at_once.submit(self.receiver, queue)
                at_once.submit(self.receiver, queue, sub_queue="deadletter")

    def close(self) -> None:
        with ThreadPoolExecutor(len(self._open) or 1) as at_once:
            list(at_once.map(lambda each: each.close(), self._open.values()))
        self._client.close()


class AioBus:
    face = "aio"

    def __init__(self, connection_string: str, retry_total: int = 0) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AioServiceBusClient.from_connection_string(
            connection_string, retry_total=retry_total
        )
        self._open: dict[object, Any] = {}

    def do(self, result: Any) -> Any:
        return self._loop.run_until_complete(result)

    def sender(self, queue: str) -> Any:
        if queue not in self._open:
            self._open[queue] = self.do(self._client.get_queue_sender(queue).__aenter__())
        return self._open[queue]

    def receiver(self, queue: str, **options: Any) -> Any:
        key = queue, *sorted(options.items())
        if key not in self._open:
            receiver = self._client.get_queue_receiver(queue, **options)
            self._open[key] = self.do(receiver.__aenter__())
        return self._open[key]

    def open(self, queues: Iterable[str]) -> None:
        self.do(self._open_all(queues))

    def close(self) -> None:
        self.do(self._close())
        self._loop.close()

    async def _open_all(self, queues: Iterable[str]) -> None:
        for queue in queues:
            self._open[queue] = self._client.get_queue_sender(queue)
            self._open[queue,] = self._client.get_queue_receiver(queue)
            dead_letters = self._client.get_queue_receiver(queue, sub_queue="deadletter")
            self._open[queue, ("sub_queue", "deadletter")] = dead_letters
        await asyncio.gather(*(each.__aenter__() for each in self._open.values()))

    async def _close(self) -> None:
        await asyncio.gather(*(each.close() for each in self._open.values()))
        await self._client.close()
