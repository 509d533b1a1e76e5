"""Switch an app to Durable Task Scheduler's host.json while a job is under way, with an empty hub.

    python -m bench.new_task_hub

The engine is the local one: it shows that the app needs nothing of the old hub, and that host.json
loads. Prints what became of a job before, one under way, and one after; ends with 1 if one failed.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.builds import unpack
from bench.doors import SAMPLE
from bench.sides import plain_options
from local.options import Options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client, wait, zipped

SCHEDULER: Final = {
    "hubName": "%TASKHUB_NAME%",
    "storageProvider": {
        "type": "azureManaged",
        "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    },
}
_SETTINGS: Final = {
    "SWEEP_SCHEDULE": "*/5 * * * * *",
    "TASKHUB_NAME": "sluice",
    "DURABLE_TASK_SCHEDULER_CONNECTION_STRING": "Endpoint=https://none;Authentication=None",
}


def main() -> int:
    """Print the outcomes; 1 if a job did not succeed."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir()
        switched = _switched(Path(folder) / "app")
        with Stack(state, _options(state)) as stack:
            client = Client(stack.facts)
            outcomes = {"before": client.deploy("before.zip", zipped(SAMPLE))["outcome"]}
            job = client.drop("under-way.zip", zipped(SAMPLE))
            wait(lambda: _is_waiting(client, job), 300, f"{job} does not wait for its deployment")
            _switch(stack, switched)
            client = Client(stack.facts)
            outcomes["under way"] = client.outcome(job)["outcome"]
            outcomes["after"] = client.deploy("after.zip", zipped(SAMPLE))["outcome"]
    for when, outcome in outcomes.items():
        print(f"{when:<12}{outcome}")
    return 0 if set(outcomes.values()) == {"succeeded"} else 1


def _options(state: Path) -> Options:
    plain = plain_options(state, ROOT)
    settings = {**plain.settings, **_SETTINGS}
    return replace(plain, settings=settings, deployment_seconds=20)


def _switched(app: Path) -> Path:
    """The app of HEAD with the scheduler's host.json."""
    unpack("HEAD", app)
    document = json.loads((app / "host.json").read_text(encoding="utf-8"))
    document["extensions"]["durableTask"].update(SCHEDULER)
    (app / "host.json").write_text(json.dumps(document), encoding="utf-8")
    return app


def _is_waiting(client: Client, job: str) -> bool:
    steps = (client.job(job) or {}).get("steps", ())
    return any(it["kind"] == "ensure_deployment" and it["state"] == "waiting" for it in steps)


def _switch(stack: Stack, app: Path) -> None:
    """Replace the app; the old hub stays behind, and the new one is empty."""
    stack.stop_part("functions_host")
    stack.stop_part("durable")
    for file in (stack.state / "durable").iterdir():
        file.unlink()
    stack.replace_app(app)


if __name__ == "__main__":
    sys.exit(main())
