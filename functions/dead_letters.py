"""HTTP routes: the dead letters of the queues that Sluice reads."""

from typing import Any

import azure.functions as func

from functions.answer import answer, as_json, require_caller
from functions.engine import start
from shared.bootstrap import ports
from shared.domain.access.caller import Act
from shared.domain.identifiers.ids import LetterId, letter_queue
from shared.steps.intake.dead_letters import Settling, list_dead_letters, settle_dead_letter

_SECONDS = 30.0
"""A letter is looked up, sent and removed, each with a limit of its own."""


def dead_letters(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: _list(req))


def replay_letter(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _settle(req, client, "replay", "deploy"), seconds=_SECONDS)


def discard_letter(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    return answer(lambda: _settle(req, client, "discard", "delete"), seconds=_SECONDS)


def _list(req: func.HttpRequest) -> func.HttpResponse:
    require_caller(req, "look")
    return as_json(200, {"dead_letters": list_dead_letters(ports())})


def _settle(req: func.HttpRequest, client: Any, settling: Settling, act: Act) -> func.HttpResponse:
    who = require_caller(req, act)
    queue = letter_queue(req.route_params["queue"])
    letter = LetterId(req.route_params["letter"])
    settled = settle_dead_letter(ports(), queue, letter, settling, who)
    start(client, settled.accepted)
    job = settled.accepted.job if settled.accepted is not None else None
    return as_json(200, {**settled.record, "job": job})
