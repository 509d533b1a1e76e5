"""Azurite's command line and its ready line."""

from pathlib import Path
from typing import Final

from local import cloud
from local.places import NODE, NODE_BINARY

HERE: Final = Path(__file__).resolve().parent

PRELOADED: Final = tuple(
    word
    for name in ("follow-stdin", "by-name")
    for word in ("--require", str(HERE / f"{name}.cjs"))
)
"""Options of Node that load what is ours before Azurite."""

# In the order in which Azurite starts them.
SERVICES: Final = ("Blob", "Queue", "Table")
LAST_LINE: Final = f"{SERVICES[-1]} service is successfully listening"


def command(state: Path, port: int) -> list[str]:
    """Build the command line: blobs on `port`, queues and tables on the next two."""
    ports = [
        word
        for offset, service in enumerate(SERVICES)
        for word in (f"--{service.lower()}Port", str(port + offset))
    ]
    return [
        str(NODE_BINARY),
        *PRELOADED,
        str(NODE / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"),
        *("--location", str(state)),
        *ports,
        # SDKs are newer than any release of Azurite, so it must not refuse unknown versions.
        *("--skipApiVersionCheck", "--loose", "--silent", "--disableTelemetry"),
    ]


def environment() -> dict[str, str]:
    """Return the accounts of the local cloud in the format of Azurite."""
    accounts = {
        cloud.DROP_ACCOUNT: cloud.DROP_ACCOUNT_KEY,
        cloud.HOST_ACCOUNT: cloud.HOST_ACCOUNT_KEY,
        cloud.WORKSPACE_ACCOUNT: cloud.WORKSPACE_ACCOUNT_KEY,
    }
    return {"AZURITE_ACCOUNTS": ";".join(f"{name}:{key}" for name, key in accounts.items())}
