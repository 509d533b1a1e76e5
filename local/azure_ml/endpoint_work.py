"""Operations on endpoints: traffic takes effect, or the endpoint is removed."""

from local.azure_ml.exchange import Json
from local.azure_ml.operations import Operation
from local.azure_ml.store import Store
from local.serving.contract import Serving


class EndpointPut:
    """Puts the new traffic into effect on success; keeps the old traffic on failure."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def carry_out(self, _: Operation) -> Json | None:
        return None

    def settle(self, operation: Operation, error: Json | None) -> None:
        record = self._store.get("endpoint", operation.target)
        if record is None:
            return
        properties = record["resource"]["properties"]
        if error:
            properties["traffic"] = record["live"]["traffic"]
            properties["mirrorTraffic"] = record["live"]["mirror"]
        record["live"] = {
            "traffic": properties["traffic"],
            "mirror": properties["mirrorTraffic"],
        }
        # An endpoint whose creation failed stays unusable, even if a later PUT succeeds.
        record.setdefault("made", error is None)
        properties["provisioningState"] = "Failed" if error else "Succeeded"
        self._store.put("endpoint", operation.target, record)


class EndpointDelete:
    """Stops and removes the deployments together with the endpoint."""

    def __init__(self, store: Store, serving: Serving) -> None:
        self._store = store
        self._serving = serving

    async def carry_out(self, operation: Operation) -> Json | None:
        endpoint = operation.target.rsplit("/", 1)[-1]
        for record in self._store.all("deployment", operation.target):
            await self._serving.stop(endpoint, record["resource"]["name"])
        return None

    def settle(self, operation: Operation, error: Json | None) -> None:
        if error:
            record = self._store.get("endpoint", operation.target)
            if record:
                record["resource"]["properties"]["provisioningState"] = "Failed"
                self._store.put("endpoint", operation.target, record)
            return
        for one in self._store.all("deployment", operation.target):
            self._store.delete("deployment", one["resource"]["id"])
        self._store.delete("endpoint", operation.target)
