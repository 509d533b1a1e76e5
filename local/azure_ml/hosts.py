"""Maps each of Azure's hosts to the app that answers it."""

from local import cloud
from local.azure_ml.asgi import App, Receive, Scope, Send, header, reply
from local.azure_ml.blobs import SUFFIX as BLOB_SUFFIX

MANAGEMENT = "management.azure.com"
REGION_API = f"{cloud.REGION}.api.azureml.ms"
INFERENCE_SUFFIX = f".{cloud.REGION}.inference.ml.azure.com"


def is_local_host(host: str) -> bool:
    """Return whether a host is part of the local cloud, ignoring case."""
    host = host.lower()
    return host in (MANAGEMENT, REGION_API) or host.endswith((BLOB_SUFFIX, INFERENCE_SUFFIX))


class Hosts:
    """The app behind all hosts; it dispatches by the Host header."""

    def __init__(self, arm: App, blobs: App, scoring: App, region: App) -> None:
        self._arm = arm
        self._region = region
        self._blobs = blobs
        self._scoring = scoring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = header(scope, "host").split(":")[0].lower()
        if host == MANAGEMENT:
            await self._arm(scope, receive, send)
        elif host == REGION_API:
            await self._region(scope, receive, send)
        elif host.endswith(BLOB_SUFFIX):
            await self._blobs(scope, receive, send)
        elif host.endswith(INFERENCE_SUFFIX):
            await self._scoring(scope, receive, send)
        else:
            message = f"The emulator does not answer {scope['path']} on {host}."
            await reply(send, 404, {"error": {"code": "NotFound", "message": message}})
