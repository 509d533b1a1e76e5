"""The only place that builds clients."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from shared.ports import Ports
from shared.settings import Settings, read_settings

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient


@cache
def ports() -> Ports:
    """The app's ports, built at first use and kept for the life of the process."""
    return build(read_settings())


def build(settings: Settings) -> Ports:
    """Wire the adapters to Azure, or to whatever the settings lead to."""
    # Imported here so that indexing the app stays light.
    from shared.adapters.arm import Arm  # noqa: PLC0415
    from shared.adapters.azure_ml import AzureMlAssets  # noqa: PLC0415
    from shared.adapters.blobs import BlobFlows  # noqa: PLC0415
    from shared.adapters.bus import ServiceBus  # noqa: PLC0415
    from shared.adapters.credential import credential  # noqa: PLC0415
    from shared.adapters.ledger import BlobLedger  # noqa: PLC0415
    from shared.adapters.roles import ArmRoles  # noqa: PLC0415
    from shared.adapters.scoring import HttpScoring  # noqa: PLC0415
    from shared.adapters.turns import BlobTurns  # noqa: PLC0415
    from shared.adapters.workspace import ArmWorkspace  # noqa: PLC0415

    storage = _storage(settings)
    flows = storage.get_container_client(settings.flows_container)
    ledger = storage.get_container_client(settings.ledger_container)
    who = credential()
    arm = Arm(who)
    return Ports(
        flows=BlobFlows(flows),
        ledger=BlobLedger(ledger, flows),
        turns=BlobTurns(ledger),
        workspace=ArmWorkspace(arm, settings.workspace_id),
        assets=AzureMlAssets(
            who, settings.subscription_id, settings.resource_group, settings.workspace
        ),
        roles=ArmRoles(arm),
        scoring=HttpScoring(),
        bus=ServiceBus(
            connection_string=settings.bus_connection,
            namespace=settings.bus_namespace,
            credential=who,
            results_queue=settings.results_queue,
            changes_queue=settings.changes_queue,
        ),
        now=_now,
        policy=settings.rules,
        limits=settings.limits,
        workspace_name=settings.workspace,
        quiet_period=settings.quiet_period_seconds,
    )


def _storage(settings: Settings) -> "BlobServiceClient":
    from azure.storage.blob import BlobServiceClient  # noqa: PLC0415

    from shared.adapters.credential import credential  # noqa: PLC0415

    if settings.storage_connection is not None:
        return BlobServiceClient.from_connection_string(settings.storage_connection)
    if settings.storage_account_url is None:
        raise ValueError("Set SluiceStorage or SluiceStorage__blobServiceUri")
    return BlobServiceClient(settings.storage_account_url, credential=credential())


def _now() -> datetime:
    return datetime.now(UTC)
