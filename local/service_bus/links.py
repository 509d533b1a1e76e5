"""The links of one AMQP session, by handle."""

from typing import Final

from local.service_bus.amqp.types import DecodeError
from local.service_bus.attach import Attach, Node
from local.service_bus.broker import Broker
from local.service_bus.cbs import Gate
from local.service_bus.desk import Desk
from local.service_bus.errors import BrokerError
from local.service_bus.incoming import Incoming
from local.service_bus.nodes import answerer, queue_taker
from local.service_bus.outgoing import Outgoing
from local.service_bus.queue import Queue
from local.service_bus.transfers import Transfers
from local.service_bus.unsettled import Unsettled

MOST_LINKS: Final = 256


class Links:
    def __init__(
        self, broker: Broker, gate: Gate, transfers: Transfers, unsettled: Unsettled
    ) -> None:
        self._broker = broker
        self._gate = gate
        self._transfers = transfers
        self._unsettled = unsettled
        self._desk = Desk()
        self._queues: dict[int, Queue] = {}  # by the handle of the link that receives from it
        self.incoming: dict[int, Incoming] = {}
        self.outgoing: dict[int, Outgoing] = {}

    def resume(self) -> None:
        """Send what waited for credit or for the session's window."""
        for link in self.outgoing.values():
            link.resume()
        for queue in self._queues.values():
            queue.pump()

    def open(self, attach: Attach) -> None:
        """Open a link without sending anything yet. Raises BrokerError if it is refused."""
        handle, address = attach.handle, attach.address
        if not 0 <= handle < MOST_LINKS or handle in self.incoming or handle in self.outgoing:
            raise DecodeError("the handle is in use or too large")
        if address.node is not Node.CBS and not self._gate.is_open:
            raise BrokerError.unauthorized()
        queue = None if address.node is Node.CBS else self._broker.queue(address.path)
        if not attach.client_receives:
            self.incoming[handle] = self._incoming(attach, queue)
        elif queue and address.node is Node.QUEUE:
            self.outgoing[handle] = self._receiver(attach, queue)
        else:
            self.outgoing[handle] = self._answer_link(attach)

    def close(self, handle: int) -> bool:
        """Close a link; return whether it existed. Its locks stay until they expire."""
        link, queue = self.outgoing.pop(handle, None), self._queues.pop(handle, None)
        if link is None:
            return self.incoming.pop(handle, None) is not None
        self._desk.shut(link)
        if queue:
            queue.detach(link)
        return True

    def close_all(self) -> None:
        for handle in [*self.outgoing, *self.incoming]:
            self.close(handle)

    def _incoming(self, attach: Attach, queue: Queue | None) -> Incoming:
        if queue and attach.address.node is Node.QUEUE:
            return Incoming(attach.handle, queue_taker(queue), attach.sent)
        address, answer = attach.address, answerer(queue, self._gate)

        def take(raw: bytes, _is_batch: bool) -> None:
            self._desk.serve(address, answer, raw)

        return Incoming(attach.handle, take, attach.sent)

    def _receiver(self, attach: Attach, queue: Queue) -> Outgoing:
        note = self._unsettled.recorder(queue) if attach.settles else None
        link = Outgoing(attach.handle, self._transfers, note)
        self._queues[attach.handle] = queue
        queue.attach(link)
        return link

    def _answer_link(self, attach: Attach) -> Outgoing:
        link = Outgoing(attach.handle, self._transfers, None)
        self._desk.open(attach.address, attach.reply_to, link)
        return link
