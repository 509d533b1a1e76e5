"""Routes of operations: their status, and the result of a deletion."""

from collections.abc import Iterator

from local.azure_ml.access import Access
from local.azure_ml.errors import ArmError, failed_operation, forbidden
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json
from local.azure_ml.operations import Operation, Operations, signature
from local.azure_ml.routing import ML, Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store


class OperationRoutes:
    """Reads operations for callers with a signed URL or the right to read the region."""

    def __init__(
        self, operations: Operations, access: Access, store: Store, settings: Settings
    ) -> None:
        self._settings = settings
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
            body["error"] = self._error(found.error)
        return Answer(body)

    def _result(self, call: Call) -> Answer:
        found = self._allowed(call, "mfeOperationResults")
        if found.status == "Updating":
            return Answer(None, 202, {"Location": found.result})
        if found.status == "Failed":
            error = self._error(found.error or {"message": ""})
            raise ArmError(400, error["code"], error["message"])
        record = self._store.get(found.kind, found.target)
        return Answer(record["resource"]) if record else NO_CONTENT

    def _error(self, error: Json) -> Json:
        return failed_operation(error, self._settings.operation_errors)

    def _allowed(self, call: Call, kind: str) -> Operation:
        """Return the operation; as in ARM, rights are checked before it is looked up."""
        found = self._operations.find(call.parts["operation"])
        action = f"{ML}/locations/{kind}/read"
        signed = found is not None and call.query.get("s") == signature(found.guid, call.query)
        if not signed and not self._access.allows(call.caller.object_id, action, call.path):
            raise forbidden(call, action, call.path)
        if found is None:
            message = f"The operation '{call.parts['operation']}' was not found."
            raise ArmError(404, "NotFound", message)
        return found
