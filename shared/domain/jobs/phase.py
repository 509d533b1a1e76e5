"""The phase of a job: what it does now, in plain words, and how long that usually takes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

_PHASES: Mapping[str, tuple[str, str]] = {
    "prepare": ("Reading and checking what was asked", "seconds"),
    "plan": ("Waiting for its turn, looking at what there is, planning", "seconds"),
    "ensure_endpoint": ("Azure ML makes or changes the endpoint", "1 to 2 minutes"),
    "ensure_role_assignment": (
        "Giving the endpoint's identity its rights",
        "seconds; until they are in force up to 20 minutes",
    ),
    "ensure_model": ("Uploading the flow and registering it as a model", "under a minute"),
    "ensure_environment": ("Registering the environment", "seconds"),
    "ensure_data_assets": ("Registering the data assets that collect inputs", "seconds"),
    "ensure_deployment": (
        "Azure ML builds the image and starts the container",
        "5 to 15 minutes, longer for a new image",
    ),
    "smoke_test": ("Testing the new deployment before it gets traffic", "under a minute"),
    "set_traffic": ("Moving the traffic", "1 to 2 minutes"),
    "verify": ("Checking that what runs is what was asked for", "seconds"),
    "restore_deployment": ("Azure ML puts the deployment back as it was", "5 to 15 minutes"),
    "delete_deployment": ("Azure ML deletes a deployment", "up to 20 minutes"),
    "delete_endpoint": ("Azure ML deletes the endpoint and what is behind it", "up to 20 minutes"),
    "delete_role_assignment": ("Taking the endpoint's rights away", "seconds"),
    "undo": ("Planning the way back", "seconds"),
}
_ACCEPTED = {"text": "Accepted; it begins in a moment", "usual": "seconds", "note": ""}
_ENDING = {"text": "Telling the result", "usual": "seconds", "note": ""}


def words(kind: str) -> str:
    """What a step of this kind does, as its note while Azure is at it."""
    return _PHASES[kind][0]


def phase_of(steps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Of a job that has not ended, from its timeline's rows.

    `text`: what goes on; `usual`: how long that takes as a rule; `note`: what it waits for now.
    """
    begun = [row for row in steps if row["state"] != "pending"]
    if not begun:
        return dict(_ACCEPTED)
    open_rows = [row for row in begun if row["state"] in {"running", "waiting"}]
    if not open_rows:
        return dict(_ENDING)
    row = open_rows[-1]
    text, usual = _PHASES.get(row["kind"], (row["title"], ""))
    if row["key"].startswith("undo-"):
        text = f"Going back: {row['title']}"
    return {"text": text, "usual": usual, "note": row["note"]}
