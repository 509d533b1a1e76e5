"""The arguments in the body of a management request, with type checks."""

import uuid

from local.service_bus.errors import BrokerError


class Arguments:
    """Every method raises BrokerError (argument-error) for an argument of the wrong type."""

    def __init__(self, body: object) -> None:
        if not isinstance(body, dict):
            raise BrokerError.argument("The request's body must be a map.")
        self._values = body

    def number(self, name: str, default: int | None = None) -> int:
        value = self._values.get(name, default)
        if not isinstance(value, int):
            raise BrokerError.argument(f"{name} must be a number.")
        return value

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise BrokerError.argument(f"{name} must be text.")
        return value

    def numbers(self, name: str) -> list[int]:
        return [value for value in self._items(name) if isinstance(value, int)]

    def tokens(self, name: str) -> list[uuid.UUID]:
        return [value for value in self._items(name) if isinstance(value, uuid.UUID)]

    def contents(self, name: str) -> list[bytes]:
        """Return the encoded messages of a list of maps."""
        found = [value.get("message") for value in self._items(name) if isinstance(value, dict)]
        return [content for content in found if isinstance(content, bytes)]

    def _items(self, name: str) -> list[object]:
        value = self._values.get(name)
        if not isinstance(value, list) or not value:
            raise BrokerError.argument(f"{name} must be a non-empty list.")
        return value
