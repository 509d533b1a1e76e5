"""HTTP route: what Sluice's own settings, connections and rights lack."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="doctor", methods=["GET"])
def doctor(req: func.HttpRequest) -> func.HttpResponse:
    """Check settings, host.json, connections and rights; nothing is changed."""
    from functions import doctor

    return doctor.doctor(req)
