"""Azure's inference server for scoring scripts, in a virtual environment of its own."""

import hashlib
import sys
from pathlib import Path

from local.places import INFERENCE_SERVER, ROOT
from local.setup.task import Task, run

PINS = ROOT / "local" / "serving" / "inference-server.txt"


def make(log: Path) -> None:
    """Install exactly what the lock file names."""
    run(log, sys.executable, "-m", "venv", "--clear", INFERENCE_SERVER)
    pip = (INFERENCE_SERVER / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    run(log, *pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", PINS)
    # What is installed over it, for conda files, is named by this too.
    (INFERENCE_SERVER / ".stamp").write_text(hashlib.sha256(PINS.read_bytes()).hexdigest())


TASK = Task("Inference server", INFERENCE_SERVER, (PINS, Path(__file__)), make)
