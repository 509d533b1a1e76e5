"""Azure's inference server for scripts and MLflow models, and Agent Framework: pinned packages."""

import hashlib
import sys
from pathlib import Path

from local.places import AGENT, INFERENCE_SERVER, MLFLOW, ROOT
from local.setup.task import Task, run

_SERVING = ROOT / "local" / "serving"


def _task(name: str, venv: Path, pins: Path) -> Task:
    """A task that installs exactly what a lock file names."""

    def make(log: Path) -> None:
        run(log, sys.executable, "-m", "venv", "--clear", venv)
        pip = (venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
        run(log, *pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", pins)
        # What is installed over it, for conda files, is named by this too.
        (venv / ".stamp").write_text(hashlib.sha256(pins.read_bytes()).hexdigest())

    return Task(name, venv, (pins, Path(__file__)), make)


SERVER = _task("Inference server", INFERENCE_SERVER, _SERVING / "inference-server.txt")
MLFLOW_MODELS = _task("MLflow models", MLFLOW, _SERVING / "mlflow.txt")
AGENTS = _task("Agent Framework", AGENT, _SERVING / "agent.txt")
