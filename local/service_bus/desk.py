"""Where requests are answered: by the node that they went to, on the link that waits for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from local.service_bus.attach import Address
from local.service_bus.errors import BrokerError
from local.service_bus.outgoing import Outgoing
from local.service_bus.requests import Request, Response, read_request


@dataclass(slots=True)
class Desk:
    """Of one AMQP session: a client asks and is answered on a pair of links in the same one."""

    _exits: list[tuple[Address, str | None, Outgoing]] = field(default_factory=list)

    def open(self, address: Address, reply_to: str | None, link: Outgoing) -> None:
        self._exits.append((address, reply_to, link))

    def shut(self, link: Outgoing) -> None:
        self._exits = [each for each in self._exits if each[2] is not link]

    def serve(self, address: Address, answer: Callable[[Request], Response], raw: bytes) -> None:
        """Answer one request message. Raises BrokerError if there is nowhere to answer to."""
        request = read_request(raw)
        response = answer(request)
        self._exit(address, request.reply_to).reply(response.encode(request.message_id))

    def _exit(self, address: Address, reply_to: object) -> Outgoing:
        """By the address to reply to; else (`$cbs` requests have none) the node's newest link."""
        links = [(to, link) for node, to, link in self._exits if node == address]
        for to, link in links:
            if to == reply_to:
                return link
        if not links:
            raise BrokerError("amqp:not-found", "There is no link to answer on.", 404)
        return links[-1][1]
