"""The fields of a frame body, read by position and checked for their type.

A peer may leave out trailing fields. A field of the wrong type raises DecodeError, which ends only
that peer's connection.
"""

from local.service_bus.amqp.types import DecodeError, Described


class Fields:
    __slots__ = ("_values",)

    def __init__(self, values: object) -> None:
        if not isinstance(values, list):
            raise DecodeError("expected a list of fields")
        self._values = values

    def value(self, index: int) -> object:
        return self._values[index] if index < len(self._values) else None

    def integer(self, index: int) -> int | None:
        found = self.value(index)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        raise DecodeError(f"field {index} must be a number")

    def number(self, index: int) -> int:
        """Return a required number."""
        found = self.integer(index)
        if found is None:
            raise DecodeError(f"field {index} is missing")
        return found

    def flag(self, index: int) -> bool:
        return self.value(index) is True

    def text(self, index: int) -> str | None:
        found = self.value(index)
        if found is None or isinstance(found, str):
            return found
        raise DecodeError(f"field {index} must be text")

    def described(self, index: int) -> Described | None:
        found = self.value(index)
        if found is None or isinstance(found, Described):
            return found
        raise DecodeError(f"field {index} must be a described value")

    def mapping(self, index: int) -> dict[object, object]:
        """Return a map, empty if it is missing."""
        found = self.value(index)
        if found is None:
            return {}
        if isinstance(found, dict):
            return found
        raise DecodeError(f"field {index} must be a map")
