"""The sweep: on a timer, what should be against what is."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.engine import alive, start
from shared.bootstrap import ports
from shared.steps.accept import Accepted
from shared.steps.sweep import missed, unfinished
from shared.steps.ttl import expired

blueprint = df.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%")
@blueprint.durable_client_input(client_name="client")
def sweep(timer: func.TimerRequest, client: Any) -> None:
    """Start every job that should run and does not: lost events, crashes, a lost task hub.

    And those that remove what has outlived its time.
    """
    del timer
    for found in (unfinished, missed, expired):
        for job in found(ports()):
            if not alive(client, job):
                start(client, Accepted(job, ended=False))
