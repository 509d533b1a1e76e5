"""HTTP route: the dead letters of the queues that Sluice reads."""

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json
from shared.bootstrap import ports

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="dead-letters", methods=["GET"])
def dead_letters(req: func.HttpRequest) -> func.HttpResponse:
    """The oldest dead letters of each queue; they stay where they are."""
    del req
    return answer(lambda: as_json(200, {"dead_letters": list(ports().bus.dead_letters())}))
