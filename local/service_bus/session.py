"""One AMQP session (no kin of Service Bus's message sessions): its links and deliveries."""

import logging
import uuid
from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.frames import Body, Frame, Outcome, body, composite, error
from local.service_bus.amqp.types import DecodeError, Described, UInt, UShort
from local.service_bus.attach import Attach, Node
from local.service_bus.broker import Broker
from local.service_bus.cbs import Gate
from local.service_bus.desk import Desk
from local.service_bus.errors import BrokerError
from local.service_bus.incoming import Delivery, Incoming
from local.service_bus.nodes import answerer, queue_taker
from local.service_bus.outgoing import Outgoing
from local.service_bus.queue import Queue
from local.service_bus.settlement import settle
from local.service_bus.transfers import WINDOW, WRAP, Transfers

MOST_LINKS: Final = 256
MOST_SETTLED_AT_ONCE: Final = 100_000

log = logging.getLogger(__name__)


class Session:
    """Handles every frame of its channel. Raises DecodeError for what ends the connection."""

    def __init__(
        self, begin: Frame, broker: Broker, gate: Gate, put: Callable[[bytes], None], largest: int
    ) -> None:
        self._broker = broker
        self._gate = gate
        self._put = put
        self._next_incoming = begin.fields.number(1)
        self._transfers = Transfers(put, begin.fields, largest)
        self._desk = Desk()
        self._incoming: dict[int, Incoming] = {}
        self._outgoing: dict[int, Outgoing] = {}
        self._queues: dict[int, Queue] = {}  # by the handle of the link that receives from it
        self._unsettled: dict[int, tuple[Queue, uuid.UUID]] = {}  # by delivery id
        self._handlers: dict[int, Callable[[Frame], None]] = {
            Body.ATTACH: self._attach,
            Body.FLOW: self._flow,
            Body.TRANSFER: self._transfer,
            Body.DISPOSITION: self._disposition,
            Body.DETACH: self._detach,
        }
        window = UInt(WINDOW)
        put(body(Body.BEGIN, UShort(begin.channel), UInt(0), window, window, UInt(MOST_LINKS - 1)))

    def take(self, frame: Frame) -> None:
        handle = self._handlers.get(frame.body)
        if handle is None:
            raise DecodeError(f"no such frame in a session: 0x{frame.body:02x}")
        handle(frame)

    def end(self) -> None:
        """Let go of everything; locks stay until they end."""
        for handle in list(self._outgoing):
            self._close_outgoing(handle)
        self._incoming.clear()
        self._unsettled.clear()

    # Links

    def _attach(self, frame: Frame) -> None:
        attach = Attach(frame.fields)
        if attach.handle >= MOST_LINKS or attach.handle in self._incoming | self._outgoing:
            raise DecodeError("the handle is in use, or too large")
        try:
            self._admit(attach)
        except BrokerError as why:
            for part in attach.refused(why):
                self._put(part)

    def _admit(self, attach: Attach) -> None:
        address = attach.address
        if address.node is not Node.CBS:
            if not self._gate.is_open:
                raise BrokerError.unauthorized()
            self._broker.queue(address.path)
        if attach.client_receives:
            self._open_outgoing(attach)
        else:
            self._open_incoming(attach)

    def _open_incoming(self, attach: Attach) -> None:
        address = attach.address
        if address.node is Node.QUEUE:
            take = queue_taker(self._broker.queue(address.path))
        else:
            answer = answerer(address, self._broker, self._gate)

            def take(raw: bytes, _is_batch: bool) -> None:
                self._desk.serve(address, answer, raw)

        link = self._incoming[attach.handle] = Incoming(attach.handle, take, attach.sent)
        self._put(attach.granted())
        self._send_flow(link.handle, link.received, link.credit)

    def _open_outgoing(self, attach: Attach) -> None:
        address, handle = attach.address, attach.handle
        queue = self._broker.queue(address.path) if address.node is Node.QUEUE else None

        def note(delivery: int, token: uuid.UUID) -> None:
            if queue:
                self._unsettled[delivery] = queue, token

        link = Outgoing(handle, self._transfers, note, settles=attach.settles)
        self._outgoing[handle] = link
        self._put(attach.granted())
        if queue:
            self._queues[handle] = queue
            queue.attach(link)
        else:
            self._desk.open(address, attach.reply_to, link)

    def _detach(self, frame: Frame) -> None:
        handle = frame.fields.number(0)
        known = self._incoming.pop(handle, None) is not None or self._close_outgoing(handle)
        if known:  # else it answers our own detach, of a link that was refused
            self._put(body(Body.DETACH, UInt(handle), frame.fields.flag(1)))

    def _close_outgoing(self, handle: int) -> bool:
        link = self._outgoing.pop(handle, None)
        queue = self._queues.pop(handle, None)
        if link is None:
            return False
        self._desk.shut(link)
        if queue:
            queue.detach(link)
        return True

    # Credit

    def _flow(self, frame: Frame) -> None:
        fields = frame.fields
        self._transfers.widen(fields)
        handle = fields.integer(4)
        link = None if handle is None else self._outgoing.get(handle)
        if link:
            link.grant(fields.integer(5), fields.integer(6) or 0)
        for each in self._queues.values():  # the session's window may have opened for any of them
            each.pump()
        if link and fields.flag(8):
            link.drain()
            self._send_flow(link.handle, link.delivered, 0, drain=True)
        elif link and fields.flag(9):
            self._send_flow(link.handle, link.delivered, link.credit)
        elif fields.flag(9):
            self._echo(handle)

    def _echo(self, handle: int | None) -> None:
        link = None if handle is None else self._incoming.get(handle)
        if link:
            self._send_flow(link.handle, link.received, link.credit)
        else:
            self._send_flow()

    def _send_flow(
        self,
        handle: int | None = None,
        count: int = 0,
        credit: int = 0,
        *,
        drain: bool | None = None,
    ) -> None:
        window = UInt(WINDOW)
        numbers = UInt(self._next_incoming), window, UInt(self._transfers.next_number), window
        link = () if handle is None else (UInt(handle), UInt(count), UInt(credit), None, drain)
        self._put(body(Body.FLOW, *numbers, *link))

    # Deliveries

    def _transfer(self, frame: Frame) -> None:
        self._next_incoming = (self._next_incoming + 1) & WRAP
        link = self._incoming.get(frame.fields.number(0))
        if link is None:  # refused or closed meanwhile
            return
        delivery = link.assemble(frame.fields, frame.payload)
        if delivery:
            self._receive(link, delivery)
        if link.refill():
            self._send_flow(link.handle, link.received, link.credit)

    def _receive(self, link: Incoming, delivery: Delivery) -> None:
        try:
            link.take(delivery)
            outcome = composite(Outcome.ACCEPTED)
        except BrokerError as why:
            outcome = composite(Outcome.REJECTED, error(why.condition, why.description))
        if not delivery.settled:
            number = UInt(delivery.number)
            self._put(body(Body.DISPOSITION, True, number, None, True, outcome))

    def _disposition(self, frame: Frame) -> None:
        fields = frame.fields
        if not fields.flag(0):  # about what the client sent: that is settled already
            return
        first, last = fields.number(1), fields.integer(2)
        numbers = range(first, (first if last is None else last) + 1)
        if len(numbers) > MOST_SETTLED_AT_ONCE:
            raise DecodeError("too many deliveries in one disposition")
        outcome = fields.described(4)
        if outcome is None:
            return
        for number in numbers:
            answer = self._settle(number, outcome)
            if not fields.flag(3):
                self._put(body(Body.DISPOSITION, False, UInt(number), None, True, answer))

    def _settle(self, number: int, outcome: Described) -> Described:
        """Settle a delivery; the outcome to answer with: a rejection without its error."""
        try:
            queue, token = self._unsettled.pop(number)
            settle(queue, token, outcome)
        except KeyError:
            why = BrokerError.lock_lost()
        except BrokerError as refused:
            why = refused
        else:
            return (
                composite(Outcome.REJECTED) if outcome.descriptor == Outcome.REJECTED else outcome
            )
        return composite(Outcome.REJECTED, error(why.condition, why.description))
