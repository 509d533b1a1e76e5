"""Role assignments of Microsoft.Authorization: PUT, GET, DELETE and lists."""

import re
import uuid
from collections.abc import Callable, Iterator

from local.azure_ml import clock, definitions
from local.azure_ml.access import covers_scope
from local.azure_ml.assignment_rules import check_principal, check_same, check_unique
from local.azure_ml.definitions import Role
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json, list_answer
from local.azure_ml.initial_assignments import INITIAL
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.views import Views

PROVIDER = "providers/Microsoft.Authorization/roleAssignments"
ACTION = "Microsoft.Authorization/roleAssignments"
_OWN = uuid.UUID("5a1d0c9e-0000-4000-8000-0000000000d0")
"""UUID namespace for the names of the platform's own assignments."""


class Assignments:
    """The role assignments of the cloud."""

    def __init__(self, store: Store, directory: Directory, settings: Settings) -> None:
        self._store = store
        self._views = Views(store, settings)
        self._directory = directory
        self._settings = settings

    def routes(self) -> Iterator[Route]:
        one = f"{{scope}}/{PROVIDER}/{{name}}"
        yield Route("GET", f"{{scope}}/{PROVIDER}", f"{ACTION}/read", self._list)
        yield Route("GET", one, f"{ACTION}/read", self._get)
        yield Route("PUT", one, f"{ACTION}/write", self._put)
        yield Route("DELETE", one, f"{ACTION}/delete", self._delete)

    def grant(self, scope: str, role: Role, principal: str, kind: str, *, written: float) -> None:
        """Write an assignment on behalf of the platform; repeating it changes nothing."""
        name = str(uuid.uuid5(_OWN, f"{scope}|{principal}|{role.guid}".lower()))
        if self._store.get("assignment", _id(scope, name)) is None:
            wanted = {"roleDefinitionId": role.id, "principalId": principal, "principalType": kind}
            self._write(scope, name, wanted, "", written)

    def _put(self, call: Call) -> Answer:
        scope, name = call.parts["scope"], call.parts["name"]
        wanted = _read_request(call)
        existing = self._store.get("assignment", _id(scope, name))
        if existing:
            check_same(existing["resource"], wanted)
            return Answer(existing["resource"])
        check_unique(self._store.all("assignment"), scope, wanted)
        kind = check_principal(self._directory, wanted, self._settings.grant_seconds)
        written = {**wanted, "principalType": kind}
        record = self._write(scope, name, written, call.caller.object_id, clock.seconds())
        return Answer(record, 201)

    def _write(self, scope: str, name: str, wanted: Json, by: str, written: float) -> Json:
        resource = {
            "id": _id(scope, name),
            "name": name,
            "type": ACTION,
            "properties": {
                **wanted,
                "scope": scope,
                "condition": wanted.get("condition"),
                "conditionVersion": wanted.get("conditionVersion"),
                "createdOn": clock.now(),
                "updatedOn": clock.now(),
                "createdBy": by,
                "updatedBy": by,
            },
        }
        self._store.put("assignment", _id(scope, name), {"resource": resource, "written": written})
        return resource

    def _get(self, call: Call) -> Answer:
        name = call.parts["name"]
        record = self._views.get(call, "assignment", _id(call.parts["scope"], name))
        if record is None:
            message = f"The role assignment '{name}' is not found."
            raise ArmError(404, "RoleAssignmentNotFound", message)
        return Answer(record["resource"])

    def _delete(self, call: Call) -> Answer:
        record_id = _id(call.parts["scope"], call.parts["name"])
        record = self._store.get("assignment", record_id)
        if record is None:
            return NO_CONTENT
        self._store.delete("assignment", record_id)
        return Answer(record["resource"])

    def _list(self, call: Call) -> Answer:
        matches = _parse_filter(call.query.get("$filter", ""), call.parts["scope"])
        found = [record["resource"] for record in self._views.all(call, "assignment")]
        return list_answer([resource for resource in found if matches(resource["properties"])])


def _id(scope: str, name: str) -> str:
    return f"{scope.rstrip('/')}/{PROVIDER}/{name}"


def _read_request(call: Call) -> Json:
    name, wanted = call.parts["name"], call.properties
    try:
        uuid.UUID(name)
    except ValueError as error:
        message = f"The role assignment ID '{name}' is not valid. It must be a GUID."
        raise ArmError(400, "InvalidRoleAssignmentId", message) from error
    for field in ("roleDefinitionId", "principalId"):
        if not wanted.get(field):
            message = f"The request content was invalid: '{field}' is missing."
            raise ArmError(400, "InvalidRequestContent", message)
    if definitions.role(wanted["roleDefinitionId"]) is None:
        message = f"The role definition '{wanted['roleDefinitionId']}' does not exist."
        raise ArmError(400, "RoleDefinitionDoesNotExist", message)
    return wanted


def _parse_filter(text: str, scope: str) -> Callable[[Json], bool]:
    """Parse `$filter`: empty, atScope(), assignedTo('id'), principalId eq 'id', or two of them."""
    person = re.search(r"assignedTo\('([^']+)'\)|principalId eq '([^']+)'", text)
    rest = re.sub(r"assignedTo\('[^']+'\)|principalId eq '[^']+'|atScope\(\)|\band\b", "", text)
    if rest.strip():
        raise ArmError(400, "UnsupportedQuery", f"The filter '{text}' is not supported.")
    wanted = (person[1] or person[2]) if person else None
    below = "atScope()" not in text

    def matches(properties: Json) -> bool:
        at_or_above = covers_scope(properties["scope"], scope)
        in_place = at_or_above or (below and covers_scope(scope, properties["scope"]))
        return in_place and wanted in (None, properties["principalId"])

    return matches


def seed(assignments: Assignments) -> None:
    """Write the assignments of a new cloud."""
    for scope, role, (principal, kind) in INITIAL:
        assignments.grant(scope, role, principal, kind, written=0.0)
