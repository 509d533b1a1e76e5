"""The parts of the stack and their command lines."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from local import cloud
from local.addresses import Addresses
from local.app_settings import drop_connection
from local.azurite import command as azurite_command
from local.child import Facts, Part
from local.functions_host.settings import read_host_json
from local.options import Options
from local.places import ROOT
from local.service_bus.address import KEY_NAME

AZURITE: Final = "azurite"
SERVICE_BUS: Final = "service_bus"
DURABLE: Final = "durable"
AZURE_ML: Final = "azure_ml"
FUNCTIONS_HOST: Final = "functions_host"
EVENT_GRID: Final = "event_grid"


def storage(state: Path, at: Addresses) -> Part:
    """Azurite, with all accounts of the local cloud."""
    return Part(
        AZURITE,
        tuple(azurite_command.command(_folder(state, AZURITE), at.port("blob"))),
        {**os.environ, **azurite_command.environment()},
        _listening,
    )


def service_bus(state: Path, at: Addresses) -> Part:
    """The broker, with the queues of its config file."""
    return _python(
        SERVICE_BUS,
        *("--config", str(ROOT / "local" / "service_bus" / "queues.json")),
        *("--db", str(_folder(state, SERVICE_BUS) / "bus.db")),
        *("--port", str(at.port("service_bus"))),
        *("--key", f"{KEY_NAME}={at.servicebus_key}"),
    )


def durable(state: Path, at: Addresses, options: Options) -> Part:
    """The Durable backend, which begins orchestrations of the app's version."""
    file = _folder(state, DURABLE) / "durable.db"
    return _python(
        DURABLE,
        *("--port", str(at.port("durable")), "--db", str(file)),
        *("--default-version", read_host_json(options.app).version),
    )


def azure_ml(state: Path, at: Addresses, options: Options) -> Part:
    """ARM, Azure ML, identities, the proxy, and the serving of deployments."""
    quota = [
        word for family, cores in options.quota.items() for word in ("--quota", f"{family}={cores}")
    ]
    return _python(
        AZURE_ML,
        *("--state", str(_folder(state, AZURE_ML))),
        *("--proxy-port", str(at.port("proxy"))),
        *("--identity-port", str(at.port("identity"))),
        *("--admin-port", str(at.port("admin"))),
        *("--openai-port", str(at.port("openai"))),
        *("--azurite", f"127.0.0.1:{at.port('blob')}"),
        *("--endpoint-seconds", str(options.endpoint_seconds)),
        *("--deployment-seconds", str(options.deployment_seconds)),
        *("--grant-seconds", str(options.grant_seconds)),
        *("--put-seconds", str(options.put_seconds)),
        *("--visible-seconds", str(options.visible_seconds)),
        *("--serve", options.serve),
        *quota,
    )


def functions_host(
    state: Path, at: Addresses, options: Options, settings: Mapping[str, str]
) -> Part:
    """The Functions host with the app, which gets everything from its settings."""
    return _python(
        FUNCTIONS_HOST,
        *("--app", str(options.app)),
        *("--port", str(at.port("functions"))),
        *("--durable", f"127.0.0.1:{at.port('durable')}"),
        *("--state", str(_folder(state, FUNCTIONS_HOST))),
        *("--function-key", at.function_key),
        settings=settings,
    )


def event_grid(state: Path, at: Addresses, host: Facts) -> Part:
    """The subscription of the app's blob trigger to what is written to the flows container."""
    query = f"functionName=Host.Functions.{cloud.DROP_FUNCTION}&code={host['blobs_key']}"
    return _python(
        EVENT_GRID,
        *("--container", cloud.FLOWS_CONTAINER),
        *("--state", str(_folder(state, EVENT_GRID))),
        settings={
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "EVENT_GRID_STORAGE": drop_connection(at),
            "EVENT_GRID_WEBHOOK": f"{host['url']}/runtime/webhooks/blobs?{query}",
        },
    )


def _python(name: str, *flags: str, settings: Mapping[str, str] | None = None) -> Part:
    return Part(
        name,
        (sys.executable, "-m", f"local.{name}", *flags, "--follow-stdin"),
        {**os.environ, "PYTHONUNBUFFERED": "1"} if settings is None else settings,
        _announced,
    )


def _folder(state: Path, name: str) -> Path:
    folder = state / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _announced(line: str) -> Facts | None:
    """Return the facts of a part's ready line; None for any other line."""
    try:
        facts = json.loads(line)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) and facts.get("ready") is True else None


def _listening(line: str) -> Facts | None:
    """Return facts once the last of Azurite's services reports that it listens."""
    return {} if azurite_command.LAST_LINE in line else None
