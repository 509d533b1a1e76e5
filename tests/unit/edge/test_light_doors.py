"""The host can index the app before any of the code behind its triggers is loaded."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SETTINGS = {
    "FLOWS_CONTAINER": "flows",
    "REQUESTS_QUEUE": "deploy-requests",
    "CHANGES_QUEUE": "flow-changes",
    "SWEEP_SCHEDULE": "0 * * * * *",
}
SCRIPT = """
import json, sys
import function_app
names = [one.get_function_name() for one in function_app.app.get_functions()]
loaded = sorted(it for it in sys.modules if it.startswith(("functions.", "shared", "pydantic")))
print(json.dumps([names, loaded]))
"""


def test_indexing_the_app_loads_its_doors_alone():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=SETTINGS, capture_output=True, check=True
    )
    names, loaded = json.loads(done.stdout)
    assert {"on_drop", "on_request", "deploy", "prepare", "step", "poll", "publish"} <= set(names)
    behind = [it for it in loaded if not it.startswith("functions.doors")]
    assert behind == ["functions.dropped"]
