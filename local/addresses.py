"""The ports and secrets of one stack, chosen once and kept in its state directory."""

import json
import random
import secrets
import socket
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

# In the order of the ports from the base upwards. Azurite takes three in a row.
PORTS: Final = (
    *("blob", "queue", "table", "service_bus", "durable"),
    *("functions", "proxy", "identity", "admin", "openai"),
)
# Below the ephemeral port range, so that no outgoing connection takes the port of a part that
# restarts.
RANGE: Final = range(20_000, 32_000, len(PORTS))
SINGLE: Final = range(10_000, 20_000)
_FILE: Final = "addresses.json"


class PortTakenError(Exception):
    """Another process listens on a requested port."""


@dataclass(frozen=True)
class Addresses:
    """One stack's ports, and the secrets of its services."""

    port_base: int
    function_key: str
    servicebus_key: str

    def port(self, name: str) -> int:
        """Return the port of a listener by its name in PORTS."""
        return self.port_base + PORTS.index(name)


def addresses_of(state: Path) -> Addresses:
    """Load the addresses of a state directory that has been used."""
    return Addresses(**json.loads((state / _FILE).read_text()))


def addresses(state: Path, port_base: int | None, patience_s: float = 5.0) -> Addresses:
    """Load the addresses of a state directory, or choose and store new ones.

    Waits for stored ports, because parts of a killed stack may still be stopping.

    Raises:
        PortTakenError: `port_base` was given and one of its ports is in use.
    """
    file = state / _FILE
    kept = addresses_of(state) if file.exists() else None
    base = port_base or (
        kept.port_base
        if kept and _free_soon(kept.port_base, patience_s)
        else _any_free(RANGE, len(PORTS))
    )
    if not _free_soon(base, patience_s):
        raise PortTakenError(
            f"one of the ports {base} to {base + len(PORTS) - 1} is in use: "
            "choose another --port-base or omit it"
        )
    chosen = Addresses(
        base,
        kept.function_key if kept else secrets.token_hex(20),
        kept.servicebus_key if kept else secrets.token_hex(20),
    )
    file.write_text(json.dumps(asdict(chosen)))
    file.chmod(0o600)
    return chosen


def free_port() -> int:
    """Return a free port for a single part, which stays usable after a restart."""
    return _any_free(SINGLE, 1)


def _any_free(starts: range, count: int) -> int:
    shuffled = list(starts)
    random.shuffle(shuffled)
    for first in shuffled:
        if _free(first, count):
            return first
    raise PortTakenError(f"no {count} free ports in a row were found on this machine")


def _free_soon(base: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not _free(base):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _free(first: int, count: int = len(PORTS)) -> bool:
    return all(_can_bind(first + offset) for offset in range(count))


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # Ignore connections of an earlier run that are still closing.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
