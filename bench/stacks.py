"""Stacks whose calls can be counted and held: the app reaches even its storage by the emulator."""

import json
from pathlib import Path
from typing import Final

from local import cloud
from local.addresses import addresses
from local.app_settings import POLICY, drop_connection
from local.options import Options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client

UNLIMITED: Final = {"standardDSv2Family": -1}


def held_options(state: Path, *, app: Path = ROOT, **settings: str) -> Options:
    """Options of a stack without serving processes, as inconvenient as Azure otherwise.

    The app has no key of its storage account, so that its calls go to the real host name, where the
    emulator logs them and can hold each. Keywords are settings of the app.
    """
    own = {
        "QUIET_PERIOD_SECONDS": "2",
        "SWEEP_SCHEDULE": "*/5 * * * * *",
        "DRIFT_MINUTES": "0",
        "SluiceStorage": "",
        "SluiceStorage__blobServiceUri": f"https://{cloud.DROP_ACCOUNT}.blob.core.windows.net",
        "AzureWebJobsSluiceStorage": drop_connection(addresses(state, None)),
        "SLUICE_POLICY": json.dumps(POLICY),
    }
    return Options(
        endpoint_seconds=0.2,
        deployment_seconds=1,
        grant_seconds=0.1,
        put_seconds=0.2,
        visible_seconds=3,
        serve="echo",
        quota=UNLIMITED,
        settings={**own, **settings},
        app=app,
    )


def accept_older_builds(client: Client) -> None:
    """Let builds in that do not name the app's identity: those from before they could."""
    client.admin("POST", "settings", json={"unnamed_identity": True}).raise_for_status()


def restart(stack: Stack, *names: str) -> None:
    """Kill parts as `kill -9` does, and start them again in reverse."""
    for name in names:
        stack.kill(name)
    for name in reversed(names):
        stack.start_part(name)
