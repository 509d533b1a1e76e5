"""One AMQP session (unrelated to Service Bus's message sessions) and its frames."""

from collections.abc import Callable
from typing import Final

from local.service_bus.amqp.frames import Body, Frame, Outcome, body, composite
from local.service_bus.amqp.types import DecodeError, UInt, UShort
from local.service_bus.attach import Attach
from local.service_bus.broker import Broker
from local.service_bus.cbs import Gate
from local.service_bus.errors import BrokerError
from local.service_bus.incoming import Delivery, Incoming
from local.service_bus.links import MOST_LINKS, Links
from local.service_bus.transfers import WINDOW, WRAP, Transfers
from local.service_bus.unsettled import Unsettled, rejected

MOST_SETTLED_AT_ONCE: Final = 100_000
_WINDOW: Final = UInt(WINDOW)


class Session:
    def __init__(
        self, begin: Frame, broker: Broker, gate: Gate, put: Callable[[bytes], None], largest: int
    ) -> None:
        self._put = put
        self._next_incoming = begin.fields.number(1)
        self._transfers = Transfers(put, begin.fields, largest)
        self._unsettled = Unsettled()
        self._links = Links(broker, gate, self._transfers, self._unsettled)
        self._handlers: dict[int, Callable[[Frame], None]] = {
            Body.ATTACH: self._attach,
            Body.FLOW: self._flow,
            Body.TRANSFER: self._transfer,
            Body.DISPOSITION: self._disposition,
            Body.DETACH: self._detach,
        }
        channel, most = UShort(begin.channel), UInt(MOST_LINKS - 1)
        put(body(Body.BEGIN, channel, UInt(0), _WINDOW, _WINDOW, most))

    def take(self, frame: Frame) -> None:
        """Process a frame. Raises DecodeError if the connection must end."""
        handle = self._handlers.get(frame.body)
        if handle is None:
            raise DecodeError(f"unexpected frame in a session: 0x{frame.body:02x}")
        handle(frame)

    def end(self) -> None:
        self._links.close_all()

    # Links

    def _attach(self, frame: Frame) -> None:
        attach = Attach(frame.fields)
        try:
            self._links.open(attach)
        except BrokerError as why:
            for part in attach.refused(why):
                self._put(part)
            return
        self._put(attach.granted())
        incoming = self._links.incoming.get(attach.handle)
        if incoming:
            self._send_credit(incoming)

    def _detach(self, frame: Frame) -> None:
        handle = frame.fields.number(0)
        if self._links.close(handle):  # otherwise it answers our own detach of a refused link
            self._put(body(Body.DETACH, UInt(handle), frame.fields.flag(1)))

    # Credit

    def _flow(self, frame: Frame) -> None:
        fields = frame.fields
        self._transfers.widen(fields)
        handle = fields.integer(4)
        link = None if handle is None else self._links.outgoing.get(handle)
        if link:
            link.grant(fields.integer(5), fields.integer(6) or 0)
        self._links.resume()  # all links, since they share the session's window
        drain, echo = fields.flag(8), fields.flag(9)
        if link and (drain or echo):
            if drain:
                link.drain()
            self._send_flow(UInt(link.handle), UInt(link.delivered), UInt(link.credit), drain)
        elif echo:
            self._send_flow()

    def _send_credit(self, link: Incoming) -> None:
        self._send_flow(UInt(link.handle), UInt(link.received), UInt(link.credit))

    def _send_flow(
        self,
        handle: UInt | None = None,
        count: UInt | None = None,
        credit: UInt | None = None,
        drain: bool | None = None,
    ) -> None:
        numbers = UInt(self._next_incoming), _WINDOW, UInt(self._transfers.next_number), _WINDOW
        self._put(body(Body.FLOW, *numbers, handle, count, credit, None, drain or None))

    # Deliveries

    def _transfer(self, frame: Frame) -> None:
        self._next_incoming = (self._next_incoming + 1) & WRAP
        link = self._links.incoming.get(frame.fields.number(0))
        if link is None:  # refused, or closed since
            return
        delivery = link.assemble(frame.fields, frame.payload)
        if delivery:
            self._receive(link, delivery)
        if link.refill():
            self._send_credit(link)

    def _receive(self, link: Incoming, delivery: Delivery) -> None:
        try:
            link.take(delivery)
            outcome = composite(Outcome.ACCEPTED)
        except BrokerError as why:
            outcome = rejected(why)
        if not delivery.settled:
            number = UInt(delivery.number)
            self._put(body(Body.DISPOSITION, True, number, None, True, outcome))

    def _disposition(self, frame: Frame) -> None:
        fields = frame.fields
        outcome = fields.described(4)
        if not fields.flag(0) or outcome is None:  # the client as sender; already settled
            return
        first, last = fields.number(1), fields.integer(2)
        deliveries = range(first, (first if last is None else last) + 1)
        if len(deliveries) > MOST_SETTLED_AT_ONCE:
            raise DecodeError("too many deliveries in one disposition")
        for delivery in deliveries:
            answer = self._unsettled.settle(delivery, outcome)
            if not fields.flag(3):
                number = UInt(delivery)
                self._put(body(Body.DISPOSITION, False, number, None, True, answer))
