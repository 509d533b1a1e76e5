"""The environments that all scoring scripts begin with, created at the first use on a machine.

One has the inference server of the lock file. A script whose conda file does not ask for the server
gets the other, which has nothing: Azure's image has no server for it either.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from local.serving.stamps import finish, stamp

PINS = Path(__file__).parents[1] / "inference-server.txt"
_SERVERS = frozenset({"azureml-inference-server-http", "azureml-defaults"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ServerError(Exception):
    """The environment could not be created; the message is one line."""


def asks_for_server(requirements: Iterable[str]) -> bool:
    """Return whether one of the requirements brings the inference server."""
    found = (_NAME.match(line.strip()) for line in requirements)
    names = (re.sub(r"[-_.]+", "-", it[0]).lower() for it in found if it)
    return any(name in _SERVERS for name in names)


def base(folder: Path, *, server: bool) -> Path:
    """Return the virtual environment with or without the server, made in `folder` if it is missing.

    Several processes may ask at once: one makes it.

    Raises:
        ServerError: pip failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    venv = folder / ("server" if server else "bare")
    wanted = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp(venv) != wanted:
            shutil.rmtree(venv, ignore_errors=True)
            _run(sys.executable, "-m", "venv", str(venv))
            if server:
                pip = (str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet")
                _run(*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(PINS))
            finish(venv, wanted)
    return venv


def _run(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        said = [line for line in ended.stderr.splitlines() if line.strip()] or ["nothing was said"]
        raise ServerError(f"{' '.join(command[1:4])} failed ({ended.returncode}): {said[-1]}")
