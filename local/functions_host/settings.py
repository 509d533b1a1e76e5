"""The settings of host.json that this host supports, with the real host's defaults."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class HostSettings:
    """Concurrency and limits.

    Attributes:
        route_prefix: Prefix of every route; may be empty.
        blobs_at_once: `blobs.maxDegreeOfParallelism`, for each blob trigger.
        blob_tries: `blobs.poisonBlobThreshold`.
        calls_at_once: `serviceBus.maxConcurrentCalls`, for each queue.
        renewal_seconds: `serviceBus.maxAutoLockRenewalDuration`.
        activities_at_once: `durableTask.maxConcurrentActivityFunctions`.
        orchestrators_at_once: `durableTask.maxConcurrentOrchestratorFunctions`.
        hub: `durableTask.hubName`.
        version: `durableTask.defaultVersion`, that of new orchestrations; empty for none.
        fails_newer: `durableTask.versionFailureStrategy` is `Fail`: an orchestration of a newer
            version fails. Otherwise it stays as it is, for another worker.
    """

    route_prefix: str = "api"
    blobs_at_once: int = 8
    blob_tries: int = 5
    calls_at_once: int = 16
    renewal_seconds: float = 300.0
    activities_at_once: int = 10
    orchestrators_at_once: int = 10
    hub: str = "DurableFunctionsHub"
    version: str = ""
    fails_newer: bool = False


def read_host_json(folder: Path) -> HostSettings:
    """Read the settings of an app's folder; all defaults without a host.json."""
    path = folder / "host.json"
    document = json.loads(path.read_text("utf-8")) if path.exists() else {}
    extensions: dict[str, Any] = document.get("extensions", {})
    http = extensions.get("http", {})
    blobs = extensions.get("blobs", {})
    bus = extensions.get("serviceBus", {})
    durable = extensions.get("durableTask", {})
    default = HostSettings()
    return HostSettings(
        route_prefix=http.get("routePrefix", default.route_prefix),
        blobs_at_once=blobs.get("maxDegreeOfParallelism", default.blobs_at_once),
        blob_tries=blobs.get("poisonBlobThreshold", default.blob_tries),
        calls_at_once=bus.get("maxConcurrentCalls", default.calls_at_once),
        renewal_seconds=_seconds(bus.get("maxAutoLockRenewalDuration", "00:05:00")),
        activities_at_once=durable.get(
            "maxConcurrentActivityFunctions", default.activities_at_once
        ),
        orchestrators_at_once=durable.get(
            "maxConcurrentOrchestratorFunctions", default.orchestrators_at_once
        ),
        hub=durable.get("hubName", default.hub),
        version=durable.get("defaultVersion", default.version),
        fails_newer=durable.get("versionFailureStrategy") == "Fail",
    )


def _seconds(span: str) -> float:
    """Return the seconds of a .NET TimeSpan `[d.]hh:mm:ss[.fffffff]`."""
    hours, minutes, seconds = span.split(":")
    days, _, hours = hours.rpartition(".")
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
