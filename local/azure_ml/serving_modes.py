"""How deployments are served: real flows, or an echo without processes."""

from pathlib import Path
from typing import Literal

from local.serving import EchoServing, FlowServing
from local.serving.contract import Serving

type Mode = Literal["flow", "echo"]


def serving(mode: Mode, venv: Path, state: Path) -> Serving:
    """Create the serving; `venv` has prompt flow, `state` keeps logs and overlays."""
    return FlowServing(venv, state) if mode == "flow" else EchoServing()
