"""The prompt flow runtime in a virtual environment of its own, with a wheelhouse beside it."""

import sys
from pathlib import Path

from local.places import PROMPTFLOW, ROOT, WHEELHOUSE
from local.setup.task import Task, run

SERVING = ROOT / "local" / "serving"


def make(log: Path) -> None:
    """Have the serving part make what it serves with."""
    places = ("--venv", PROMPTFLOW, "--wheelhouse", WHEELHOUSE)
    run(log, sys.executable, "-m", "local.serving.venv", *places)


TASK = Task(
    "Prompt flow runtime",
    PROMPTFLOW,
    (SERVING / "venv.py", *sorted(SERVING.glob("*.txt"))),
    make,
)
