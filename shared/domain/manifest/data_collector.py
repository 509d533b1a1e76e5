"""Data collection of a flow's inputs and outputs, in az ml's words."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import Text
from shared.domain.manifest.section import Section


def _lower(value: Any) -> Any:
    """Write text in lower case: az ml ignores case, and refuses an unquoted `on`."""
    return value.lower() if isinstance(value, str) else value


def _boolean_text(value: Any) -> Any:
    """Turn `true` into text, which az ml requires here."""
    return str(value).lower() if isinstance(value, bool) else _lower(value)


_DATA = re.compile(r"azureml:(?P<name>[^:@/\s]+):(?P<version>[^:@/\s]+)")


def _read_asset(value: Any) -> Any:
    """Read `azureml:name:version`, which az ml accepts and later fails on."""
    if not isinstance(value, str):
        return value
    if (match := _DATA.fullmatch(value)) is None:
        raise ValueError(f"'{value}' is not a data asset; write azureml:name:version, or name: …")
    return match.groupdict()


def _number(value: Any) -> Any:
    """Refuse `yes` for 1, as az ml does."""
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")  # noqa: TRY004 - pydantic's way to refuse
    return value


class CollectedData(Section):
    """The data asset of a collection; missing values are derived."""

    name: str | None = None
    """Name of the data asset."""
    version: Text | None = None
    """Its version."""
    path: str | None = None
    """Where it is stored: `azureml://datastores/.../paths/...`."""
    data_id: str | None = None
    """Not used: name and version identify the asset."""


class Collection(Section):
    """One collection; a flow fills `model_inputs` and `model_outputs`."""

    enabled: Annotated[Literal["true", "false"], BeforeValidator(_boolean_text)]
    """`true` to collect it."""
    data: Annotated[CollectedData | None, BeforeValidator(_read_asset)] = None
    """The data asset that it goes to: described, or `azureml:name:version`."""
    client_id: str | None = None
    """Client id of the identity that writes it."""


class RequestLogging(Section):
    """Further parts of a request that are collected."""

    capture_headers: list[str] | None = None
    """The request headers to log with each request."""


class DataCollector(Section):
    """Inference data collection."""

    collections: Annotated[dict[str, Collection], Field(min_length=1)]
    """What is collected, by name: `model_inputs`, `model_outputs`."""
    rolling_rate: Annotated[Literal["minute", "hour", "day"] | None, BeforeValidator(_lower)] = None
    """How often a new file is started."""
    sampling_rate: Annotated[float | None, BeforeValidator(_number), Field(ge=0, le=1)] = None
    """Share of requests that is collected, from 0 to 1."""
    request_logging: RequestLogging | None = None
    """Further parts of a request that are collected."""
