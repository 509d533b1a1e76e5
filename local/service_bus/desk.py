"""Answers requests to a node on the link that waits for the answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from local.service_bus.attach import Address
from local.service_bus.errors import BrokerError
from local.service_bus.outgoing import Outgoing
from local.service_bus.requests import Request, Response, read_request


@dataclass(slots=True)
class Desk:
    """The answer links of one AMQP session; request and answer links are in the same session."""

    _links: list[tuple[Address, str | None, Outgoing]] = field(default_factory=list)

    def open(self, address: Address, reply_to: str | None, link: Outgoing) -> None:
        self._links.append((address, reply_to, link))

    def shut(self, link: Outgoing) -> None:
        self._links = [each for each in self._links if each[2] is not link]

    def serve(self, address: Address, answer: Callable[[Request], Response], raw: bytes) -> None:
        """Answer one request message. Raises BrokerError if there is no link for the answer."""
        request = read_request(raw)
        response = answer(request)
        self._link_for(address, request.reply_to).reply(response.encode(request.message_id))

    def _link_for(self, address: Address, reply_to: object) -> Outgoing:
        """Find the link by reply-to address, else (`$cbs` requests have none) the node's newest."""
        links = [(to, link) for node, to, link in self._links if node == address]
        for to, link in links:
            if to == reply_to:
                return link
        if not links:
            raise BrokerError("amqp:not-found", "There is no link to answer on.", 404)
        return links[-1][1]
