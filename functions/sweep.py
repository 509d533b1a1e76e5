"""The sweep: on a timer, what should be against what is."""

import logging
from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import azure.functions as func

from functions.engine import alive, start
from shared.bootstrap import ports
from shared.ports import Ports
from shared.steps.intake.accept import Accepted
from shared.steps.intake.sweep import missed, unfinished
from shared.steps.remove.time_to_live import expired

blueprint = df.Blueprint()

_log = logging.getLogger(__name__)


@blueprint.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%")
@blueprint.durable_client_input(client_name="client")
def sweep(timer: func.TimerRequest, client: Any) -> None:
    """Start every job that should run and does not: lost events, crashes, a lost task hub.

    And those that remove what has outlived its time.
    """
    del timer
    for find in (unfinished, missed, expired):
        for job in _found(find):
            _start(client, job)


def _found(find: Callable[[Ports], tuple[str, ...]]) -> tuple[str, ...]:
    """What one look found; that it fails is no reason to leave out the others."""
    try:
        return find(ports())
    except Exception:
        _log.exception("The sweep could not look for what is %s", find.__name__)
        return ()


def _start(client: Any, job: str) -> None:
    try:
        if not alive(client, job):
            start(client, Accepted(job, ended=False))
    except Exception:
        _log.exception("The sweep could not start job %s", job)
