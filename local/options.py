"""What a person may choose about a local stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.places import ROOT

type Serve = Literal["flow", "echo"]


@dataclass(frozen=True)
class Options:
    """How one stack behaves.

    Attributes:
        port_base: First of the ten ports in a row that the stack listens on; None takes free ones.
        endpoint_seconds: How long operations on endpoints take.
        deployment_seconds: How long operations on deployments take, the flow's own start apart.
        grant_seconds: How long it takes until a role assignment is in force.
        put_seconds: How long PUTs of endpoints and deployments take until they are answered.
        visible_seconds: How long the app may see endpoints, deployments and role assignments as
            they were before a write.
        serve: `flow` runs the deployed flow; `echo` answers without starting a process.
        quota: Cores by VM family; families that are not named have what the control plane gives.
        settings: App settings over those that the stack gives the app.
        app: The folder that holds function_app.py.
    """

    port_base: int | None = None
    endpoint_seconds: float = 1.0
    deployment_seconds: float = 3.0
    grant_seconds: float = 2.0
    put_seconds: float = 0.0
    visible_seconds: float = 0.0
    serve: Serve = "flow"
    quota: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    app: Path = ROOT
