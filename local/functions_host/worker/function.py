"""A function of the app, as the worker library indexed it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SETTING = re.compile(r"%([^%/]+)%")


class UnknownSettingError(ValueError):
    """A binding names an app setting that does not exist."""


@dataclass(frozen=True)
class Function:
    """Name, id in the worker, and bindings with `%SETTING%` expressions resolved."""

    name: str
    id: str
    bindings: tuple[Mapping[str, Any], ...]

    @property
    def trigger(self) -> Mapping[str, Any]:
        """The binding that triggers it."""
        return next(each for each in self.bindings if each["type"].lower().endswith("trigger"))

    @property
    def kind(self) -> str:
        """The trigger's type, for example `blobTrigger`."""
        return str(self.trigger["type"])

    @property
    def parameter(self) -> str:
        """The name of the parameter that takes the trigger's value."""
        return str(self.trigger["name"])

    @property
    def durable_clients(self) -> tuple[str, ...]:
        """Names of the parameters that take a durable client."""
        return tuple(each["name"] for each in self.bindings if each["type"] == "durableClient")

    @property
    def is_sdk_type(self) -> bool:
        """True if the trigger's value is a reference that the app's SDK opens itself."""
        return bool(self.trigger.get("properties", {}).get("SupportsDeferredBinding"))


def resolved(value: Any, settings: Mapping[str, str] = os.environ) -> Any:
    """Replace each `%NAME%` in a binding's strings with that app setting.

    Raises:
        UnknownSettingError: there is no such setting; the real host refuses the function too.
    """
    match value:
        case str():
            return _SETTING.sub(lambda found: _setting(found[1], settings), value)
        case dict():
            return {key: resolved(each, settings) for key, each in value.items()}
        case list():
            return [resolved(each, settings) for each in value]
        case _:
            return value


def _setting(name: str, settings: Mapping[str, str]) -> str:
    try:
        return settings[name]
    except KeyError:
        raise UnknownSettingError(f"'%{name}%' does not resolve to an app setting") from None
