"""The only place that builds clients."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from shared.ports import Ports
from shared.ports.probes import Probes
from shared.settings import Settings, read_settings


@cache
def ports() -> Ports:
    """The app's ports, built at first use and kept for the life of the process."""
    return build(read_settings())


@cache
def probes() -> Probes:
    """The attempts that show whether the app reaches its services and may use them."""
    return build_probes(read_settings(), os.environ)


def build_probes(settings: Settings, environment: Mapping[str, str]) -> Probes:
    """Build the attempts for the services that the settings name.

    Args:
        settings: the app's settings.
        environment: has the addresses of the Functions host's own storage.
    """
    from shared.adapters.blobs import open_account  # noqa: PLC0415
    from shared.adapters.credential import AppCredential  # noqa: PLC0415
    from shared.adapters.probes import AzureProbes, Bus, storage_services  # noqa: PLC0415
    from shared.adapters.sender import open_bus  # noqa: PLC0415

    who = AppCredential()
    by_key, url = settings.storage_connection, settings.storage_account_url
    return AzureProbes(
        who,
        storage=open_account(connection_string=by_key, account_url=url, credential=who),
        containers=(settings.flows_container, settings.ledger_container),
        accounts=storage_services(
            blobs="" if by_key else url or "",
            queues="" if by_key else settings.storage_queues_url or "",
            host={
                part: environment.get(f"AzureWebJobsStorage__{part}ServiceUri", "")
                for part in ("blob", "queue", "table")
            },
        ),
        bus=Bus(
            lambda: open_bus(
                connection_string=settings.bus_connection,
                namespace=settings.bus_namespace,
                credential=who,
            ),
            "" if settings.bus_connection else settings.bus_namespace or "",
            sends=(settings.results_queue, settings.changes_queue, settings.requests_queue),
            receives=(settings.requests_queue, settings.changes_queue),
        ),
    )


def build(settings: Settings) -> Ports:
    """Build the adapters for the services that the settings name."""
    # Imported here so that the host can index the app quickly.
    from shared.adapters.arm import Arm  # noqa: PLC0415
    from shared.adapters.azure_ml import AzureMlAssets  # noqa: PLC0415
    from shared.adapters.blobs import BlobFlows, open_account  # noqa: PLC0415
    from shared.adapters.bus import ServiceBus  # noqa: PLC0415
    from shared.adapters.copies import open_sources  # noqa: PLC0415
    from shared.adapters.credential import AppCredential  # noqa: PLC0415
    from shared.adapters.kept_workspace import KeptWorkspace  # noqa: PLC0415
    from shared.adapters.ledger import BlobLedger  # noqa: PLC0415
    from shared.adapters.metrics import ArmMetrics  # noqa: PLC0415
    from shared.adapters.observed import transport_for  # noqa: PLC0415
    from shared.adapters.poison import open_poison  # noqa: PLC0415
    from shared.adapters.roles import ArmRoles  # noqa: PLC0415
    from shared.adapters.runs import WorkspaceRuns  # noqa: PLC0415
    from shared.adapters.scoring import HttpScoring  # noqa: PLC0415
    from shared.adapters.sender import open_bus  # noqa: PLC0415
    from shared.adapters.telemetry import open_telemetry  # noqa: PLC0415
    from shared.adapters.turns import BlobTurns  # noqa: PLC0415
    from shared.adapters.webhook import HttpWebhook  # noqa: PLC0415
    from shared.package.bounded import BoundedPackages  # noqa: PLC0415

    who, telemetry = AppCredential(), open_telemetry(os.environ)
    storage = open_account(
        connection_string=settings.storage_connection,
        account_url=settings.storage_account_url,
        credential=who,
        telemetry=telemetry,
    )
    flows = storage.get_container_client(settings.flows_container)
    ledger = storage.get_container_client(settings.ledger_container)
    sources = open_sources(flows, None if settings.storage_connection else who)
    arm = Arm(who, **transport_for(telemetry, "arm"))
    workspace = KeptWorkspace(arm, settings.workspace_id)
    return Ports(
        flows=BlobFlows(flows),
        ledger=BlobLedger(ledger, sources),
        turns=BlobTurns(ledger),
        workspace=workspace,
        assets=AzureMlAssets(arm, who, settings.workspace_id),
        roles=ArmRoles(arm),
        scoring=HttpScoring(telemetry),
        bus=ServiceBus(
            lambda: open_bus(
                connection_string=settings.bus_connection,
                namespace=settings.bus_namespace,
                credential=who,
            ),
            requests=settings.requests_queue,
            results=settings.results_queue,
            changes=settings.changes_queue,
            telemetry=telemetry,
        ),
        metrics=ArmMetrics(arm, _now),
        packages=BoundedPackages(),
        poison=open_poison(
            connection_string=settings.storage_connection,
            account_url=settings.storage_queues_url,
            credential=who,
            container=settings.flows_container,
        ),
        runs=WorkspaceRuns(who, settings.workspace_id, lambda: workspace.facts().location),
        now=_now,
        began=_now(),
        policy=settings.rules,
        callers=settings.callers,
        limits=settings.limits,
        workspace_name=settings.workspace,
        workspace_id=settings.workspace_id,
        quiet_period=settings.quiet_period_seconds,
        webhook=(
            HttpWebhook(settings.webhook_url, settings.webhook_secret)
            if settings.webhook_url
            else None
        ),
        datastore_reader_role=settings.datastore_reader_role,
        prices=settings.price_table,
        drift_every=settings.drift_minutes * 60,
        retention=settings.retention_days,
        flow_base_image=settings.flow_base_image,
        telemetry=telemetry,
    )


def _now() -> datetime:
    return datetime.now(UTC)
