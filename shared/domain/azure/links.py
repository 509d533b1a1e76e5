"""Links to the endpoint's pages in Azure ML studio and in the Azure portal."""

from urllib.parse import urlencode

STUDIO = "https://ml.azure.com"
PORTAL = "https://portal.azure.com"


def endpoint_links(name: str, *, workspace_id: str, tenant_id: str = "") -> dict[str, str]:
    """Return links to the endpoint in studio, its resource in the portal, and its metrics there.

    Without a tenant id, they open in the tenant that the browser is signed in to.
    """
    query = {"wsid": workspace_id, **({"tid": tenant_id} if tenant_id else {})}
    resource = f"{PORTAL}/#@{tenant_id}/resource{workspace_id}/onlineEndpoints/{name}"
    return {
        "studio": f"{STUDIO}/endpoints/realtime/{name}/detail?{urlencode(query, safe='/')}",
        "portal": f"{resource}/overview",
        "metrics": f"{resource}/metrics",
    }
