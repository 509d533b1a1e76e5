"""Options of a local stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from local.places import ROOT

type Serve = Literal["flow", "echo"]


@dataclass(frozen=True)
class Options:
    """Options of one stack.

    Attributes:
        port_base: First of the ten consecutive ports of the stack; None takes free ones.
        endpoint_seconds: Duration of operations on endpoints.
        deployment_seconds: Duration of operations on deployments, without the flow's own start.
        grant_seconds: Time until a role assignment is in force.
        put_seconds: Time until PUTs of endpoints and deployments are answered.
        visible_seconds: Time for which the app may see endpoints, deployments and role assignments
            as they were before a write.
        serve: `flow` runs the deployed flow; `echo` answers without starting a process.
        quota: Cores by VM family; other families have the default of the control plane.
        settings: App settings that override those of the stack.
        app: The folder that holds function_app.py.
        traces: Take the traces of jobs, in `Stack.traces`.
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
    traces: bool = False
