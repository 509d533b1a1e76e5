"""Service Bus triggers: peek lock, renew while the function runs, then complete or abandon."""

import asyncio
import logging

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from local.functions_host.bus.call import message_call
from local.functions_host.settings import HostSettings
from local.functions_host.worker.function import Function
from local.functions_host.worker.running import Running
from local.functions_host.worker.worker import InvocationError, Worker

logger = logging.getLogger(__name__)
_LOOK_UP = 1.0
_PAUSE = 0.5


class BusListener:
    """One queue of one trigger. The broker dead-letters after too many deliveries."""

    def __init__(
        self,
        function: Function,
        worker: Worker,
        connection: str,
        settings: HostSettings,
        running: Running,
    ) -> None:
        self.function = function
        self._worker = worker
        self._connection = connection
        self._settings = settings
        self._running = running
        self._queue = str(function.trigger["queueName"])
        self._free = settings.calls_at_once
        self._changed = asyncio.Event()
        self._settling = asyncio.Lock()
        self._stopping = False
        self._complained = False

    def stop(self) -> None:
        """Stop receiving; `run` returns once the messages in progress are settled."""
        self._stopping = True
        self._changed.set()

    async def run(self) -> None:
        """Receive until stopped, reconnecting as needed."""
        while not self._stopping:
            try:
                await self._receive()
            except (ServiceBusError, OSError) as error:
                self._complain(error)
                await asyncio.sleep(_PAUSE)

    async def _receive(self) -> None:
        async with (
            ServiceBusClient.from_connection_string(self._connection, retry_total=0) as client,
            AutoLockRenewer(self._settings.renewal_seconds) as renewer,
            client.get_queue_receiver(self._queue) as receiver,
        ):
            self._complained = False
            while not self._stopping:
                await self._wait_for(1)
                messages = await receiver.receive_messages(
                    max_message_count=self._free, max_wait_time=_LOOK_UP
                )
                for message in messages:
                    if self._stopping:
                        await self._settle(receiver, message, done=False)
                        continue
                    renewer.register(receiver, message)
                    self._free -= 1
                    self._running.start(self._process(receiver, message))
            await self._wait_for(self._settings.calls_at_once)

    def _complain(self, error: Exception) -> None:
        """Log a connection failure once until the next success."""
        if not self._complained:
            logger.warning("queue %s: %s; trying again", self._queue, error)
        self._complained = True

    async def _wait_for(self, free: int) -> None:
        """Wait until this many calls are free."""
        while self._free < free:
            self._changed.clear()
            await self._changed.wait()

    async def _process(
        self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage
    ) -> None:
        try:
            await self._worker.invoke(self.function, message_call(self.function, message))
        except InvocationError:
            await self._settle(receiver, message, done=False)
        else:
            await self._settle(receiver, message, done=True)
        finally:
            self._free += 1
            self._changed.set()

    async def _settle(
        self, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, *, done: bool
    ) -> None:
        """Complete or abandon; if that fails, the lock expires and the message is delivered again.

        Serialised: all settlements share a connection, and concurrent reads of the SDK delay each
        other by the read timeout of 0.2 s.
        """
        settle = receiver.complete_message if done else receiver.abandon_message
        try:
            async with self._settling:
                await settle(message)
        except (ServiceBusError, ValueError) as error:
            logger.warning("queue %s: message %s: %s", self._queue, message.message_id, error)
