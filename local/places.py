"""Paths of a checkout; set-up creates everything under .local and .venv."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCAL: Final = ROOT / ".local"
VENV: Final = ROOT / ".venv"
STAMPS: Final = LOCAL / "setup"

NODE: Final = LOCAL / "node"
NODE_BINARY: Final = NODE / "bin" / "node"
NODE_WHEEL_VENV: Final = LOCAL / "nodejs"

PROMPTFLOW: Final = LOCAL / "promptflow"
WHEELHOUSE: Final = LOCAL / "wheelhouse"
INFERENCE_SERVER: Final = LOCAL / "inference-server"
MLFLOW: Final = LOCAL / "mlflow"
AGENT: Final = LOCAL / "agent"
