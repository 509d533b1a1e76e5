"""The timer of the sweep."""

import os
from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()
_SCHEDULE = os.environ.get("SWEEP_SCHEDULE") or "0 * * * * *"


@blueprint.timer_trigger(arg_name="timer", schedule=_SCHEDULE)
@blueprint.durable_client_input(client_name="client")
def sweep(timer: func.TimerRequest, client: Any) -> None:
    """Start the jobs that lost events, crashes or a lost task hub left behind.

    Also start the jobs that remove endpoints past their time to live, and those that repair drift.
    """
    from functions import sweep

    sweep.sweep(timer, client)
