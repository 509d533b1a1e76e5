"""Set up what is missing: `python3.13 -m local.setup`. Says nothing when there is nothing to do."""

import importlib.util
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from local.setup import node, promptflow, python
from local.setup.task import SetupError, Task, unfinished

WANTED = (3, 13)


def main() -> int:
    """Run the unfinished tasks side by side; 0 when all stand."""
    try:
        _check_python()
        tasks = unfinished([promptflow.TASK, node.TASK, python.TASK])
        return _run(tasks) if tasks else 0
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
            "this Python cannot make virtual environments: install what it lacks "
            "(Debian, Ubuntu: apt install python3.13-venv)"
        )


def _run(tasks: list[Task]) -> int:
    began = time.monotonic()
    print(f"set-up: {', '.join(task.name for task in tasks)} (once; a few minutes)", flush=True)
    with ThreadPoolExecutor(len(tasks)) as pool:
        running: dict[Future[float], Task] = {pool.submit(task.run): task for task in tasks}
        faults = [fault for done in as_completed(running) if (fault := _told(running[done], done))]
    for fault in faults:
        print(f"set-up: {fault}", file=sys.stderr)
    print(f"set-up: {'failed' if faults else 'ready'} after {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


def _told(task: Task, done: Future[float]) -> SetupError | None:
    try:
        print(f"set-up: {task.name} ready, {done.result():.0f} s", flush=True)
    except SetupError as wrong:
        return wrong
    return None


if __name__ == "__main__":
    sys.exit(main())
