"""HTTP route: the page. Its files hold no data, so they need no key; each call of theirs does."""

import azure.durable_functions as df
import azure.functions as func

blueprint = df.Blueprint()


@blueprint.route(route="ui/{*file}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def ui(req: func.HttpRequest) -> func.HttpResponse:
    """The page that shows jobs and endpoints in a browser."""
    from functions import page

    return page.ui(req)
