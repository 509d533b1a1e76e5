"""HTTP routes: the dead letters of the queues that Sluice reads."""

from typing import Any

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()

_LETTER = "dead-letters/{queue}/{letter}"


@blueprint.route(route="dead-letters", methods=["GET"])
def dead_letters(req: func.HttpRequest) -> func.HttpResponse:
    """The oldest dead letters of each queue; they stay where they are."""
    from functions import dead_letters

    return dead_letters.dead_letters(req)


@blueprint.route(route=f"{_LETTER}/replay", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def replay_letter(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Let Sluice take a dead letter again, once."""
    from functions import dead_letters

    return dead_letters.replay_letter(req, client)


@blueprint.route(route=f"{_LETTER}/discard", methods=["POST"])
@blueprint.durable_client_input(client_name="client")
def discard_letter(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    """Remove a dead letter."""
    from functions import dead_letters

    return dead_letters.discard_letter(req, client)
