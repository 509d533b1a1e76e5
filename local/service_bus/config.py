"""The queue configuration: a file in the format of Config.json of Microsoft's own emulator.

https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator
Durations are ISO 8601. Unsupported features are refused, never ignored.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_pascal

type _LockDuration = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(minutes=5))]
type _Window = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=7))]
type _TimeToLive = Annotated[timedelta, Field(gt=timedelta(0))]


class ConfigError(ValueError):
    """The config is malformed, or asks for a feature that this broker does not support."""


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, frozen=True, populate_by_name=True)


class QueueProperties(_Part):
    """A queue's settings, with Azure's defaults."""

    model_config = ConfigDict(extra="forbid")

    lock_duration: _LockDuration = timedelta(minutes=1)
    max_delivery_count: Annotated[int, Field(ge=1, le=2000)] = 10
    default_message_time_to_live: _TimeToLive | None = None
    dead_lettering_on_message_expiration: bool = False
    requires_duplicate_detection: bool = False
    duplicate_detection_history_time_window: _Window = timedelta(minutes=10)
    requires_session: bool = False
    forward_to: str = ""
    forward_dead_lettered_messages_to: str = ""

    @field_validator("requires_session")
    @classmethod
    def _refuse_sessions(cls, value: bool) -> bool:
        if value:
            raise ValueError("this broker does not support sessions")
        return value

    @field_validator("forward_to", "forward_dead_lettered_messages_to")
    @classmethod
    def _refuse_forwarding(cls, value: str) -> str:
        if value:
            raise ValueError("this broker does not support forwarding")
        return value


class QueueConfig(_Part):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./-]*$", max_length=260)]
    properties: QueueProperties = QueueProperties()


class _Namespace(_Part):
    queues: list[QueueConfig] = []
    topics: list[Any] = []

    @field_validator("topics")
    @classmethod
    def _refuse_topics(cls, value: list[Any]) -> list[Any]:
        if value:
            raise ValueError("this broker does not support topics")
        return value


class _UserConfig(_Part):
    namespaces: list[_Namespace]


class _File(_Part):
    user_config: _UserConfig


def read_config(path: Path) -> list[QueueConfig]:
    """Read the queues of all namespaces of a config file. Raises ConfigError, OSError."""
    try:
        found = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        reasons = [
            f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
            for each in error.errors()
        ]
        raise ConfigError(f"{path}: " + "; ".join(reasons)) from error
    queues = [queue for space in found.user_config.namespaces for queue in space.queues]
    names = [queue.name.lower() for queue in queues]
    if len(set(names)) < len(names):
        raise ConfigError(f"{path}: two queues have the same name")
    return queues
