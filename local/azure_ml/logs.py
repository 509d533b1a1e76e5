"""Logs of deployments: the inference server and the storage initializer."""

from collections.abc import Iterator

from local.azure_ml.deployments import ACTION
from local.azure_ml.errors import invalid, not_found
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.routing import Route
from local.azure_ml.store import Store
from local.serving.contract import Serving

CONTAINERS = ("InferenceServer", "StorageInitializer")
_MARK = "Container logs:\n"


class Logs:
    """getLogs: one container's log, its output cut to the last lines."""

    def __init__(self, store: Store, serving: Serving) -> None:
        self._store = store
        self._serving = serving

    def routes(self) -> Iterator[Route]:
        one = "{ws}/onlineEndpoints/{endpoint}/deployments/{deployment}/getLogs"
        yield Route("POST", one, f"{ACTION}/getLogs/action", self._get)

    def _get(self, call: Call) -> Answer:
        resource_id = call.path.rsplit("/", 1)[0]
        record = self._store.get("deployment", resource_id)
        if record is None:
            raise not_found(resource_id)
        container = call.document.get("containerType") or CONTAINERS[0]
        if container not in CONTAINERS:
            raise invalid(f"containerType must be one of {', '.join(CONTAINERS)}.")
        endpoint, _, name = record["resource"]["id"].split("/")[-3:]
        text = self._serving.log(endpoint, name, container) or _status(record)
        head, mark, output = text.rpartition(_MARK)
        tail = int(call.document.get("tail") or 500)
        last = "\n".join(output.splitlines()[-tail:])
        return Answer({"content": f"{head}{mark}{last}\n"})


def _status(record: Json) -> str:
    """Return the status shown before any container was started."""
    state = record["resource"]["properties"]["provisioningState"]
    started = "Failed" if state == "Failed" else "Pending"
    return f"Instance status:\nSystemSetup: Succeeded\nUserContainerStart: {started}\n\n{_MARK}"
