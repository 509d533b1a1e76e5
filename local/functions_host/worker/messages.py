"""The messages between host and worker library, as plain classes.

The library uses them by attribute and class name; within one process the real host's wire format
(FunctionRpc.proto) is not needed.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from types import SimpleNamespace
from typing import Any, Final

_KINDS: Final = frozenset(
    {
        *("string", "json", "bytes", "http", "stream", "int", "double", "model_binding_data"),
        *("collection_bytes", "collection_string", "collection_double", "collection_sint64"),
        "collection_model_binding_data",
    }
)


class TypedData:
    """One value of one kind, or none. It must not have an attribute named `TypedData`."""

    def __init__(self, **value: Any) -> None:
        if len(value) > 1 or not _KINDS.issuperset(value):
            raise ValueError(f"not one kind of data: {sorted(value)}")
        self.kind: str | None = next(iter(value), None)
        self.__dict__.update(value)

    @property
    def value(self) -> Any:
        """The value, whatever its kind."""
        return None if self.kind is None else self.__dict__[self.kind]

    def WhichOneof(self, group: str) -> str | None:  # noqa: N802  # protobuf's name
        """Return the kind, as protobuf does."""
        del group
        return self.kind

    def __repr__(self) -> str:
        return f"TypedData({self.kind}={self.value!r:.60})"


@dataclass
class ParameterBinding:
    name: str
    data: TypedData = field(default_factory=TypedData)

    def WhichOneof(self, group: str) -> str:  # noqa: N802  # protobuf's name
        del group
        return "data"


@dataclass
class RpcHttp:
    method: str = ""
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: TypedData = field(default_factory=TypedData)
    status_code: Any = "200"
    cookies: list[Any] | None = None
    enable_content_negotiation: bool = False


@dataclass
class StatusResult:
    status: int = 0
    exception: Any = None
    Failure = 0
    Success = 1
    Cancelled = 2


@dataclass
class BindingInfo:
    type: str = ""
    data_type: Any = None
    direction: Any = 0
    out = 1
    inout = 2
    undefined = 0


setattr(BindingInfo, "in", 0)  # a keyword, so it cannot be in the class body


@dataclass
class RpcException:
    message: str = ""
    stack_trace: str = ""
    source: str = ""


@dataclass
class ModelBindingData:
    """A reference that an SDK-type binding opens itself."""

    version: str
    source: str
    content_type: str
    content: bytes


class SameSite(IntEnum):
    Lax = 1
    Strict = 2
    ExplicitNone = 3


setattr(SameSite, "None", 0)


class RpcHttpCookie(SimpleNamespace):
    SameSite = SameSite


class Message(SimpleNamespace):
    """A message without behaviour of its own."""


class Protos:
    """Stands in for the generated protobuf module of the library."""

    TypedData = TypedData
    ParameterBinding = ParameterBinding
    RpcHttp = RpcHttp
    RpcHttpCookie = RpcHttpCookie
    StatusResult = StatusResult
    BindingInfo = BindingInfo
    RpcException = RpcException
    RpcFunctionMetadata = Message
    RpcRetryOptions = Message
    WorkerInitResponse = Message
    WorkerMetadata = Message
    FunctionMetadataResponse = Message
    FunctionLoadResponse = Message
    FunctionEnvironmentReloadResponse = Message
    InvocationResponse = Message
    NullableString = Message
    NullableBool = Message
    NullableDouble = Message
    NullableTimestamp = Message
    Timestamp = Message
