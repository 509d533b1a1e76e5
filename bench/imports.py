"""What it takes to import the app, beside the two SDKs of Azure Functions that it must import."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.rows import Row

_SCRIPT: Final = """
import json, sys, time
began = time.process_time()
import {modules}
print(json.dumps({{"seconds": time.process_time() - began, "modules": len(sys.modules)}}))
"""
_SDKS: Final = "azure.functions, azure.durable_functions"
_SETTINGS: Final = {
    "FLOWS_CONTAINER": "flows",
    "REQUESTS_QUEUE": "deploy-requests",
    "CHANGES_QUEUE": "flow-changes",
    "SWEEP_SCHEDULE": "0 * * * * *",
}


def imports(apps: tuple[Path, Path], rounds: int) -> Iterator[Row]:
    """Import each app and the SDKs alone in turn, each in a fresh process; processor time.

    The first round may compile, and does not count.
    """
    older, now, sdks = list[float](), list[float](), list[float]()
    for _ in range(rounds + 1):
        older.append(_seconds(apps[0], "function_app"))
        now.append(_seconds(apps[1], "function_app"))
        sdks.append(_seconds(apps[1], _SDKS))
    before, after, alone = (statistics.median(it[1:]) for it in (older, now, sdks))
    yield Row("import of the app over the two SDKs'", before / alone, after / alone, most=1.25)
    yield Row("import of the app", before, after, "s")


def _seconds(app: Path, modules: str) -> float:
    script = _SCRIPT.format(modules=modules)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=app, env=_SETTINGS, capture_output=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return float(told["seconds"])
