"""What the queues gave up on, for people to look at."""

import azure.durable_functions as df
import azure.functions as func

from functions.answer import answer, as_json
from shared.bootstrap import ports

blueprint = df.Blueprint(http_auth_level=func.AuthLevel.FUNCTION)


@blueprint.route(route="dead-letters", methods=["GET"])
def dead_letters(req: func.HttpRequest) -> func.HttpResponse:
    """The oldest dead letters of the queues that Sluice reads."""
    del req
    return answer(lambda: as_json(200, {"dead_letters": list(ports().bus.dead_letters())}))
