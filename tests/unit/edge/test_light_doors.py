"""The host can index the app before any of the code behind its triggers is loaded."""

import json
import subprocess
import sys
from pathlib import Path

from shared.settings import Settings

ROOT = Path(__file__).parents[3]
SCRIPT = """
import json, sys
import function_app
functions = function_app.app.get_functions()
names = [one.get_function_name() for one in functions]
loaded = sorted(it for it in sys.modules if it.startswith(("functions.", "shared", "pydantic")))
triggers = [json.loads(one.get_function_json()) for one in functions]
print(json.dumps([names, loaded, triggers]))
"""


def test_indexing_the_app_loads_its_doors_alone():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env={}, capture_output=True, check=True
    )
    names, loaded, functions = json.loads(done.stdout)
    assert {"on_drop", "on_request", "deploy", "prepare", "step", "poll", "publish"} <= set(names)
    behind = [it for it in loaded if not it.startswith("functions.doors")]
    assert behind == ["functions.dropped"]
    bindings = [it for one in functions for it in one["bindings"]]
    assert not [it for it in bindings if "%" in str(it)], (
        "the host refuses a setting that is absent"
    )
    default = {str(it.alias): it.default for it in Settings.model_fields.values()}
    queues = {it["queueName"] for it in bindings if it["type"] == "serviceBusTrigger"}
    assert queues == {default["REQUESTS_QUEUE"], default["CHANGES_QUEUE"]}
    blobs = [(it["path"], it["source"]) for it in bindings if it["type"] == "blobTrigger"]
    assert blobs == [(f"{default['FLOWS_CONTAINER']}/{{name}}", "EventGrid")]
