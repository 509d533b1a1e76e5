"""The prompt flow runtime in a virtual environment of its own, with a wheelhouse beside it."""

from pathlib import Path

from local.places import PROMPTFLOW, ROOT, VENV, WHEELHOUSE
from local.setup.task import Task, run

SERVING = ROOT / "local" / "serving"


def make(log: Path) -> None:
    """Let local.serving create the runtime; it needs the project's own packages."""
    places = ("--venv", PROMPTFLOW, "--wheelhouse", WHEELHOUSE)
    run(log, VENV / "bin" / "python", "-m", "local.serving.venv", *places)


TASK = Task(
    "Prompt flow runtime",
    PROMPTFLOW,
    (SERVING / "venv.py", *sorted(SERVING.glob("*.txt"))),
    make,
)
