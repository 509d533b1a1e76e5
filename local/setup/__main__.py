"""Set up what is missing: `python3.13 -m local.setup`. Silent if there is nothing to do."""

import importlib.util
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from local.setup import node, promptflow, python, scoring
from local.setup.task import SetupError, Task, unfinished

WANTED = (3, 13)


def main() -> int:
    """Run the unfinished tasks, independent ones in parallel; return 0 if all succeed."""
    # Creating the prompt flow runtime needs the project's own packages first.
    inference = [scoring.SERVER, scoring.MLFLOW_MODELS, scoring.AGENTS]
    chains = [[python.TASK, promptflow.TASK], [node.TASK, *inference]]
    try:
        _check_python()
        left = [tasks for chain in chains if (tasks := unfinished(chain))]
        return _run(left) if left else 0
    except SetupError as wrong:
        print(f"set-up: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _check_python() -> None:
    if sys.version_info[:2] != WANTED:
        raise SetupError(
            "Sluice needs Python 3.13, and this is "
            f"{sys.version_info.major}.{sys.version_info.minor}: install it from "
            "https://www.python.org/downloads/ and run `make PYTHON=/path/to/python3.13`"
        )
    missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if missing:
        raise SetupError(
            "this Python cannot create virtual environments: install the missing package "
            "(Debian, Ubuntu: apt install python3.13-venv)"
        )


def _run(chains: list[list[Task]]) -> int:
    began = time.monotonic()
    names = ", ".join(task.name for chain in chains for task in chain)
    print(f"set-up: {names} (once; a few minutes)", flush=True)
    with ThreadPoolExecutor(len(chains)) as pool:
        faults = [fault for fault in pool.map(_run_chain, chains) if fault]
    for fault in faults:
        print(f"set-up: {fault}", file=sys.stderr)
    print(f"set-up: {'failed' if faults else 'ready'} after {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


def _run_chain(chain: list[Task]) -> SetupError | None:
    """Run one task after the other until one fails."""
    try:
        for task in chain:
            print(f"set-up: {task.name} ready, {task.run():.0f} s", flush=True)
    except SetupError as wrong:
        return wrong
    return None


if __name__ == "__main__":
    sys.exit(main())
