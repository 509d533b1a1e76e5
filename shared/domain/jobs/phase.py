"""The current phase of a job, in plain words, and how long it usually takes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

_PHASES: Mapping[str, tuple[str, str]] = {
    "prepare": ("Reading and checking the request", "seconds"),
    "plan": ("Waiting for its turn, reading the current state, planning", "seconds"),
    "ensure_endpoint": ("Azure ML creates or updates the endpoint", "1 to 2 minutes"),
    "ensure_role_assignment": (
        "Granting roles to the endpoint's identity",
        "seconds; until they take effect up to 20 minutes",
    ),
    "ensure_model": ("Uploading the model and registering it", "under a minute"),
    "ensure_code": ("Uploading the code and registering it", "under a minute"),
    "ensure_environment": ("Registering the environment", "seconds"),
    "ensure_data_assets": ("Registering the data assets that collect inputs", "seconds"),
    "ensure_deployment": (
        "Azure ML builds the image and starts the container",
        "5 to 15 minutes, longer for a new image",
    ),
    "smoke_test": ("Testing the deployment before it gets traffic", "under a minute"),
    "compare": (
        "Comparing the deployment with the one that serves",
        "seconds, longer with many samples",
    ),
    "approval": ("Waiting for a person to approve it", "until somebody approves or rejects it"),
    "set_traffic": ("Moving the traffic", "1 to 2 minutes"),
    "bake": ("Watching the new deployment at a part of the traffic", "the bake time of the stage"),
    "verify": ("Checking that the deployment is as requested", "seconds"),
    "restore_deployment": ("Azure ML restores the deployment", "5 to 15 minutes"),
    "delete_deployment": ("Azure ML deletes a deployment", "up to 20 minutes"),
    "delete_endpoint": ("Azure ML deletes the endpoint and its deployments", "up to 20 minutes"),
    "delete_role_assignment": ("Removing the endpoint's roles", "seconds"),
    "undo": ("Planning the rollback", "seconds"),
}
_ACCEPTED = {"text": "Accepted; starting soon", "usual": "seconds", "note": ""}
_ENDING = {"text": "Publishing the result", "usual": "seconds", "note": ""}


def words(kind: str) -> str:
    """Describe what a step of this kind does; its note while Azure works."""
    return _PHASES[kind][0]


def phase_of(steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the phase of a running job, from its timeline's rows.

    `text`: what happens now; `usual`: how long that usually takes; `note`: what it waits for.
    """
    begun = [row for row in steps if row["state"] != "pending"]
    if not begun:
        return dict(_ACCEPTED)
    open_rows = [row for row in begun if row["state"] in {"running", "waiting"}]
    if not open_rows:
        return dict(_ENDING)
    row = open_rows[-1]
    text, usual = _PHASES.get(row["kind"], (row["title"], ""))
    if row.get("person"):  # nothing is usual then: the note says until when the job waits
        usual = ""
    if row["key"].startswith("undo-"):
        text = f"Rolling back: {row['title']}"
    return {"text": text, "usual": usual, "note": row["note"]}
