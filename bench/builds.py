"""Builds of the app: this checkout, and what a commit holds."""

import subprocess
from pathlib import Path

from local.places import ROOT


def unpack(commit: str, target: Path) -> Path:
    """Write the files of a commit into a new folder, and return it."""
    target.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=target, input=packed.stdout, check=True)
    return target
