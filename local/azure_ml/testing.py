"""Starts Azurite and this emulator on free ports, for tests."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local import cloud, places
from local.addresses import free_port
from local.azurite import command as azurite_command

_NODE = (str(places.NODE_BINARY), *azurite_command.PRELOADED)
_AZURITE = str(places.NODE / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js")
READY_S = 120.0


@dataclass(frozen=True)
class Facts:
    """How to reach a running emulator; `blob_port` is Azurite's, plain HTTP on loopback."""

    proxy: str
    ca_bundle: str
    identity_endpoint: str
    admin_url: str
    blob_port: int

    def environment(self, identity_header: str = cloud.APP_IDENTITY_HEADER) -> dict[str, str]:
        """Environment variables with which any Azure SDK uses the emulator as this identity."""
        user_assigned = identity_header == cloud.APP_IDENTITY_HEADER
        return {
            "HTTPS_PROXY": self.proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": self.ca_bundle,
            "IDENTITY_ENDPOINT": self.identity_endpoint,
            "IDENTITY_HEADER": identity_header,
            **({"AZURE_CLIENT_ID": cloud.APP_CLIENT} if user_assigned else {}),
        }


class Emulator:
    """The emulator as a process that can be killed and restarted on the same state."""

    def __init__(self, state: Path, blob_port: int, command: tuple[str, ...]) -> None:
        self._state = state
        self._blob_port = blob_port
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Facts:
        """Start it, and wait until it is ready.

        Raises:
            RuntimeError: the process ended, or was not ready in time.
        """
        place = ("--state", str(self._state), "--azurite", f"127.0.0.1:{self._blob_port}")
        self._process, found = _spawn(*self._command, *place, "--follow-stdin")
        return Facts(**found, blob_port=self._blob_port)

    def kill(self) -> None:
        """Kill it, like a crash."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Stop it, like the supervisor."""
        if self._process:
            _stop(self._process)


@contextlib.contextmanager
def azurite(state: Path | None, *node: str) -> Iterator[int]:
    """Run Azurite's blob service with the accounts of the local cloud; yields its port.

    `state`: the folder for its state; None to keep it in memory. `node`: more options of Node.
    """
    port = free_port()
    flags: tuple[str, ...] = ("--skipApiVersionCheck", "--disableTelemetry", "--silent")
    if state is None:
        flags += ("--inMemoryPersistence",)
    else:
        state.mkdir(parents=True, exist_ok=True)
        flags += ("--location", str(state))
    process = subprocess.Popen(
        [*_NODE, *node, _AZURITE, "--blobHost", "127.0.0.1", "--blobPort", str(port), *flags],
        env={**os.environ, **azurite_command.environment()},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(5)


@contextlib.contextmanager
def emulator(state: Path, *flags: str, module: str = "local.azure_ml") -> Iterator[Facts]:
    """Run Azurite and the emulator; `flags` are those of `python -m local.azure_ml`."""
    with azurite(state / "azurite") as port:
        process = Emulator(state / "azure_ml", port, ("-m", module, *flags))
        try:
            yield process.start()
        finally:
            process.stop()


@contextlib.contextmanager
def in_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables inside the block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _spawn(*command: str) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=places.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    found: dict[str, Any] = json.loads(_read_line(process.stdout))
    found.pop("ready")
    return process, found


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read_line(stream: IO[bytes]) -> bytes:
    ready, _, _ = select.select([stream], [], [], READY_S)
    line = stream.readline() if ready else b""
    if not line:
        raise RuntimeError("the emulator did not become ready; see its standard error")
    return line


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("Azurite did not start")
