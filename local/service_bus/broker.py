"""The queues of one namespace, by case-insensitive name, as in Azure."""

from collections.abc import Iterable

from local.service_bus.clock import SetAlarm
from local.service_bus.config import QueueConfig
from local.service_bus.errors import BrokerError
from local.service_bus.queue import Queue
from local.service_bus.rules import Rules
from local.service_bus.store import Store


class Broker:
    def __init__(self, configs: Iterable[QueueConfig], store: Store, set_alarm: SetAlarm) -> None:
        self._queues: dict[str, Queue] = {}
        for config in configs:
            self._add(Queue(config.name, Rules.of(config.properties), store, set_alarm))

    def _add(self, queue: Queue) -> None:
        self._queues[queue.name.lower()] = queue
        if queue.dead_letters:
            self._queues[queue.dead_letters.name.lower()] = queue.dead_letters

    def queue(self, name: str) -> Queue:
        """Return a queue, or the dead letters of `<queue>/$DeadLetterQueue`. Raises BrokerError."""
        found = self._queues.get(name.lower())
        if found is None:
            raise BrokerError.not_found(name)
        return found
