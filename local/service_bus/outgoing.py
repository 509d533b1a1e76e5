"""A link on which the client receives messages of a queue, or answers of a request node."""

import uuid
from collections import deque
from collections.abc import Callable

from local.service_bus.transfers import WRAP, Transfers


class Outgoing:
    """`note` gets delivery id and lock token of each message that the client has to settle.

    Without `note`, deliveries are settled at once.
    """

    def __init__(
        self, handle: int, transfers: Transfers, note: Callable[[int, uuid.UUID], None] | None
    ) -> None:
        self.handle = handle
        self._transfers = transfers
        self._note = note
        self._backlog: deque[bytes] = deque()
        self.delivered = 0
        self.credit = 0

    @property
    def settles(self) -> bool:
        return self._note is not None

    def has_room(self) -> bool:
        return self.credit > 0 and self._transfers.is_open

    def deliver(self, content: bytes, token: uuid.UUID) -> None:
        # Service Bus sends the token as .NET writes a Guid: little-endian.
        tag = token.bytes_le
        delivery = self._transfers.send(self.handle, content, tag, settled=not self.settles)
        self._use(1)
        if self._note:
            self._note(delivery, token)

    def reply(self, content: bytes) -> None:
        """Send an answer, now or as soon as the client gives credit."""
        self._backlog.append(content)
        self.resume()

    def grant(self, count: int | None, credit: int) -> None:
        """Set the client's credit, counted from the deliveries that it has seen."""
        self.credit = max(0, (count or 0) + credit - self.delivered)

    def drain(self) -> None:
        """Use up the remaining credit."""
        self._use(self.credit)

    def resume(self) -> None:
        """Send the answers that waited for credit or for the session's window."""
        while self._backlog and self.has_room():
            tag = uuid.uuid4().bytes
            self._transfers.send(self.handle, self._backlog.popleft(), tag, settled=True)
            self._use(1)

    def _use(self, credit: int) -> None:
        self.credit -= credit
        self.delivered = (self.delivered + credit) & WRAP
