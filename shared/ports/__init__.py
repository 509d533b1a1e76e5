"""The services that the steps use: adapters implement them on Azure, fakes in memory.

Every call is bounded in time and retries, and raises only the failures of `shared.domain.failure`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.domain.access.caller import Callers
from shared.domain.access.policy_rule import Policy
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.planning.cost import PriceTable
from shared.domain.release.release import Limits
from shared.ports.document import Json
from shared.ports.ledger import Ledger
from shared.ports.metrics import Metrics
from shared.ports.packages import Packages
from shared.ports.roles import Roles
from shared.ports.scoring import Answer, Scoring
from shared.ports.seen import Seen
from shared.ports.storage import Flows, Turns
from shared.ports.telemetry import SILENT, Telemetry
from shared.ports.telling import Bus, PoisonBlob, PoisonBlobs, Webhook
from shared.ports.workspace import Assets, Run, Runs, Workspace

__all__ = [
    "Answer",
    "Assets",
    "Bus",
    "Flows",
    "Json",
    "Ledger",
    "Metrics",
    "Packages",
    "PoisonBlob",
    "PoisonBlobs",
    "Ports",
    "Roles",
    "Run",
    "Runs",
    "Scoring",
    "Seen",
    "Telemetry",
    "Turns",
    "Webhook",
    "Workspace",
]

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Ports:
    """The services and the operator's settings for every step. Built only in `bootstrap`.

    Args:
        now: returns the current time, in UTC.
        began: when this process began to work, by `now`.
        seen: what the plans of this process saw.
        workspace_name: the workspace that releases go to.
        workspace_id: the same workspace as an ARM id.
        quiet_period: seconds without a change after which a folder counts as complete.
        datastore_reader_role: name or id of the role for flows that use index lookup; empty for
            AzureML Data Scientist.
        callers: what callers of the HTTP API may do.
        webhook: None if the operator set none.
        flow_base_image: what the environment of a flow is built on that names no image.
        retention: days after which ended jobs are forgotten; 0 for never.
        drift_every: seconds between two looks for drift; 0 for none.
        poison: None if the settings do not say where the queues of the flows' account are.
        prices: what instances cost, for previews; None if the operator set no table.
        telemetry: is told what jobs do.
    """

    flows: Flows
    ledger: Ledger
    turns: Turns
    workspace: Workspace
    assets: Assets
    roles: Roles
    scoring: Scoring
    bus: Bus
    runs: Runs
    metrics: Metrics
    packages: Packages
    now: Callable[[], datetime]
    began: datetime = _LONG_AGO
    seen: Seen = field(default_factory=Seen)
    policy: Policy = ()
    callers: Callers = field(default_factory=Callers)
    limits: Limits = Limits()
    workspace_name: str = ""
    workspace_id: str = ""
    quiet_period: float = 5.0
    datastore_reader_role: str = ""
    webhook: Webhook | None = None
    prices: PriceTable | None = None
    poison: PoisonBlobs | None = None
    drift_every: float = 0.0
    retention: float = 0.0
    flow_base_image: str = BASE_IMAGE
    telemetry: Telemetry = SILENT
