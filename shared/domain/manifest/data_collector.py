"""What is collected of a flow's inputs and outputs, in az ml's words."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import Text
from shared.domain.manifest.section import Section


def _lower(value: Any) -> Any:
    """Az ml takes these words in any case, and only as text: an unquoted `on` is refused."""
    return value.lower() if isinstance(value, str) else value


def _said(value: Any) -> Any:
    """Az ml wants text here; a plain `true` means the same, so it is taken too."""
    return str(value).lower() if isinstance(value, bool) else _lower(value)


_DATA = re.compile(r"azureml:(?P<name>[^:@/\s]+):(?P<version>[^:@/\s]+)")


def _named(value: Any) -> Any:
    """Az ml takes text here and fails on it later; a registered asset can mean one thing only."""
    if not isinstance(value, str):
        return value
    if (match := _DATA.fullmatch(value)) is None:
        raise ValueError(f"'{value}' names no data asset; write azureml:name:version, or name: …")
    return match.groupdict()


def _number(value: Any) -> Any:
    """Az ml does not take `yes` for 1."""
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")  # noqa: TRY004 - pydantic's way to refuse
    return value


class CollectedData(Section):
    """The data asset of a collection; derived names where nothing is said."""

    name: str | None = None
    """Name of the data asset."""
    version: Text | None = None
    """Its version."""
    path: str | None = None
    """Where it lies: `azureml://datastores/.../paths/...`."""
    data_id: str | None = None
    """Not used: the asset is known by name and version."""


class Collection(Section):
    """One collection; a flow fills `model_inputs` and `model_outputs`."""

    enabled: Annotated[Literal["true", "false"], BeforeValidator(_said)]
    """Whether it is collected."""
    data: Annotated[CollectedData | None, BeforeValidator(_named)] = None
    """The data asset that it goes to: described, or `azureml:name:version`."""
    client_id: str | None = None
    """Client id of the identity that writes it."""


class RequestLogging(Section):
    """What else of a request is collected."""

    capture_headers: list[str] | None = None
    """Headers of requests."""


class DataCollector(Section):
    """Inference data collection."""

    collections: Annotated[dict[str, Collection], Field(min_length=1)]
    """What is collected, by name: `model_inputs`, `model_outputs`."""
    rolling_rate: Annotated[Literal["minute", "hour", "day"] | None, BeforeValidator(_lower)] = None
    """How often a new file is begun."""
    sampling_rate: Annotated[float | None, BeforeValidator(_number), Field(ge=0, le=1)] = None
    """Which part of the requests is collected."""
    request_logging: RequestLogging | None = None
    """What else of a request is collected."""
