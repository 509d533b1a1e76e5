"""Where operations are read: their status, and the result of a deletion."""

from collections.abc import Iterator

from local.azure_ml.access import Access
from local.azure_ml.errors import ArmError, forbidden
from local.azure_ml.exchange import NOTHING, Answer, Call
from local.azure_ml.operations import ARM, Operation, Operations, signature
from local.azure_ml.routing import ML, Route
from local.azure_ml.store import Store


class OperationRoutes:
    """Reads operations for whoever has a signed URL, or the right to read the region."""

    def __init__(self, operations: Operations, access: Access, store: Store) -> None:
        self._operations = operations
        self._access = access
        self._store = store

    def routes(self) -> Iterator[Route]:
        yield Route("GET", "{region}/mfeOperationsStatus/{operation}", None, self._status)
        yield Route("GET", "{region}/mfeOperationResults/{operation}", None, self._result)

    def _status(self, call: Call) -> Answer:
        found = self._allowed(call, "mfeOperationsStatus")
        body = {
            "id": call.path,
            "name": found.name,
            "startTime": found.started,
            "endTime": found.ended,
            "percentComplete": 100.0 if found.status == "Succeeded" else 0.0,
            "status": found.status,
        }
        if found.error:
            body["error"] = {"details": [], "additionalInfo": [], **found.error}
        return Answer(body)

    def _result(self, call: Call) -> Answer:
        found = self._allowed(call, "mfeOperationResults")
        if found.status == "Updating":
            location = f"{ARM}{call.path}?api-version={call.api_version}"
            return Answer(None, 202, {"Location": location})
        if found.status == "Failed":
            error = found.error or {}
            raise ArmError(400, str(error.get("code")), str(error.get("message")))
        record = self._store.get(found.kind, found.target)
        return Answer(record["resource"]) if record else NOTHING

    def _allowed(self, call: Call, kind: str) -> Operation:
        found = self._operations.find(call.parts["operation"])
        if found is None:
            message = f"The operation '{call.parts['operation']}' was not found."
            raise ArmError(404, "NotFound", message)
        action = f"{ML}/locations/{kind}/read"
        signed = call.query.get("s") == signature(found.guid)
        if not signed and not self._access.allows(call.caller.object_id, action, call.path):
            raise forbidden(call, action, call.path)
        return found
