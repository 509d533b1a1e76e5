"""The environments that all scoring scripts begin with.

One has the inference server, and one has besides it what MLflow models without code need; set-up
makes both. A script whose conda file does not ask for the server
gets the other, which has nothing: Azure's image has no server for it either.
"""

import fcntl
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from local.serving.stamps import finish, stamp

_SERVERS = frozenset({"azureml-inference-server-http", "azureml-defaults"})
_MLFLOW = frozenset({"mlflow", "mlflow-skinny"})
_MONITORING = "azureml-ai-monitoring"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ServerError(Exception):
    """There is no such environment; the message is one line."""


def asks_for_server(requirements: Iterable[str]) -> bool:
    """Return whether one of the requirements brings the inference server."""
    return not _SERVERS.isdisjoint(_names(requirements))


def asks_for_mlflow(requirements: Iterable[str]) -> bool:
    """Return whether the requirements bring all that the script for MLflow models imports."""
    names = _names(requirements)
    return _MONITORING in names and not _MLFLOW.isdisjoint(names)


def _names(requirements: Iterable[str]) -> set[str]:
    found = (_NAME.match(line.strip()) for line in requirements)
    return {re.sub(r"[-_.]+", "-", it[0]).lower() for it in found if it}


def with_server(venv: Path) -> Path:
    """Return the environment that set-up has made.

    Raises:
        ServerError: it is not there.
    """
    if not (venv / "bin" / "python").exists():
        raise ServerError(f"there is no inference server in {venv}: run python -m local.setup")
    return venv


def without_server(folder: Path) -> Path:
    """Return an environment with nothing, made in a folder if it is missing.

    Several processes may ask at once: one makes it.

    Raises:
        ServerError: it could not be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    venv = folder / "bare"
    with (folder / "bare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp(venv) != sys.version:
            command = (sys.executable, "-m", "venv", "--clear", str(venv))
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            if ended.returncode:
                raise ServerError(f"python -m venv failed: {ended.stderr.strip()[-200:]}")
            finish(venv, sys.version)
    return venv
