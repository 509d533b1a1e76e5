"""The broker's refusals, in Service Bus's words.

Conditions: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide
"""

from typing import Self


class BrokerError(Exception):
    """A refusal: AMQP condition, description and, for `$management`, an HTTP-like status."""

    def __init__(self, condition: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.condition = condition
        self.description = description
        self.status = status

    @classmethod
    def not_found(cls, name: str) -> Self:
        return cls("amqp:not-found", f"The messaging entity '{name}' could not be found.", 404)

    @classmethod
    def not_allowed(cls, description: str) -> Self:
        return cls("amqp:not-allowed", description)

    @classmethod
    def unauthorized(cls) -> Self:
        return cls(
            "amqp:unauthorized-access",
            "Unauthorized access. 'Send,Listen' claim(s) are required to perform this operation.",
            401,
        )

    @classmethod
    def too_large(cls, limit: int) -> Self:
        return cls(
            "amqp:link:message-size-exceeded",
            f"The received message is larger than the limit of {limit} bytes.",
        )

    @classmethod
    def malformed(cls, description: str) -> Self:
        return cls("amqp:decode-error", description)

    @classmethod
    def argument(cls, description: str) -> Self:
        return cls("com.microsoft:argument-error", description)

    @classmethod
    def lock_lost(cls) -> Self:
        return cls(
            "com.microsoft:message-lock-lost",
            "The lock supplied is invalid. Either the lock expired, or the message has already "
            "been removed from the queue.",
            410,
        )

    @classmethod
    def message_not_found(cls, number: int) -> Self:
        return cls(
            "com.microsoft:message-not-found",
            f"Failed to find the message with sequence number {number}.",
            404,
        )
