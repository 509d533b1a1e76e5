"""A kind of package: what is done in its own way with its content."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.errors import Severity
from shared.domain.kinds.content import Content
from shared.domain.kinds.server import Server
from shared.domain.parsing.document import Path


@dataclass(frozen=True)
class Place:
    """Where a deployment runs, and the settings that its server depends on.

    `client_id`: of a user-assigned identity. `metrics`: they go to Application Insights.
    """

    workspace_id: str
    endpoint: str
    deployment: str
    client_id: str | None = None
    metrics: bool = False
    made_with_connections: bool = False


@dataclass(frozen=True)
class Unfit:
    """A setting of the manifest that a package cannot be served with; `at`: its place."""

    at: Path
    cause: str
    remedy: str
    severity: Severity = "error"


def _no_server(_content: Content, _collects: bool) -> None:
    return None


@dataclass(frozen=True)
class OwnServer:
    """An image that is built with a server of its own, and how Azure reaches that.

    Attributes:
        path: The folder of the build context in the package, `.` for all of it.
        dockerfile: The path of the Dockerfile in it.
        port: Where the server listens.
        probe: The path for liveness and readiness.
        scoring: The path of requests.
    """

    path: str
    dockerfile: str
    port: int
    probe: str
    scoring: str


def _no_container(_content: Any) -> None:
    return None


@dataclass(frozen=True)
class Kind[C: Content]:
    """One kind of package.

    Attributes:
        name: As releases keep it.
        content: The dataclass of its content, which crosses from the process that reads it.
        sample: Makes the body of a sample request.
        model_properties: Makes those of the registered model, for an endpoint of that name.
        unfit: Finds settings of the manifest, as plain values, that do not fit the package.
        requests: The limits of an instance that the manifest does not set.
        retires: It runs prompt flow, which is retired.
        server: What serves the package in a plain Python image, also where inputs and outputs are
            collected (`collects`); None if its own image serves it.
        variables: Makes the environment variables that its server needs at a place.
        variable_names: The names of all of these, so that they do not count as drift.
        stream: The media type to ask for, to get an answer as a stream.
        container: Tells the server that the package builds; a manifest's environment goes first.
        mounts: Its model may be mounted at a path that the manifest names.
    """

    name: str
    content: type[C]
    sample: Callable[[C], dict[str, Any]]
    model_properties: Callable[[C, str], dict[str, str]]
    unfit: Callable[[C, Mapping[str, Any]], Iterable[Unfit]]
    variables: Callable[[Place], Mapping[str, str]]
    variable_names: frozenset[str]
    stream: str
    requests: RequestSettings
    retires: bool = False
    server: Callable[[C, bool], Server | None] = _no_server
    container: Callable[[C], OwnServer | None] = _no_container
    mounts: bool = False
