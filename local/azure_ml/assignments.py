"""Role assignments: PUT, GET, DELETE and lists, as Microsoft.Authorization has them."""

import re
import uuid
from collections.abc import Callable, Iterator

from local import cloud
from local.azure_ml import clock, definitions
from local.azure_ml.access import above
from local.azure_ml.assignment_rules import check_principal, check_same, refuse_twin
from local.azure_ml.definitions import Role
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import NOTHING, Answer, Call, Json, listed
from local.azure_ml.routing import Route
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.views import Views

PROVIDER = "providers/Microsoft.Authorization/roleAssignments"
ACTION = "Microsoft.Authorization/roleAssignments"
_OWN = uuid.UUID("5a1d0c9e-0000-4000-8000-0000000000d0")
"""Names of the platform's own assignments are of another space than anybody else's."""


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
        """Write an assignment of the platform's own; the same one again changes nothing."""
        name = str(uuid.uuid5(_OWN, f"{scope}|{principal}|{role.guid}".lower()))
        if self._store.get("assignment", _id(scope, name)) is None:
            wanted = {"roleDefinitionId": role.id, "principalId": principal, "principalType": kind}
            self._write(scope, name, wanted, "", written)

    def _put(self, call: Call) -> Answer:
        scope, name = call.parts["scope"], call.parts["name"]
        wanted = _wanted(call)
        existing = self._store.get("assignment", _id(scope, name))
        if existing:
            check_same(existing["resource"], wanted)
            return Answer(existing["resource"])
        refuse_twin(self._store.all("assignment"), scope, wanted)
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
            return NOTHING
        self._store.delete("assignment", record_id)
        return Answer(record["resource"])

    def _list(self, call: Call) -> Answer:
        asked = _filter(call.query.get("$filter", ""), call.parts["scope"])
        found = [record["resource"] for record in self._views.all(call, "assignment")]
        return listed([resource for resource in found if asked(resource["properties"])])


def _id(scope: str, name: str) -> str:
    return f"{scope.rstrip('/')}/{PROVIDER}/{name}"


def _wanted(call: Call) -> Json:
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


def _filter(text: str, scope: str) -> Callable[[Json], bool]:
    """What `$filter` asks: nothing, atScope(), assignedTo('id'), principalId eq 'id', or two."""
    person = re.search(r"assignedTo\('([^']+)'\)|principalId eq '([^']+)'", text)
    rest = re.sub(r"assignedTo\('[^']+'\)|principalId eq '[^']+'|atScope\(\)|\band\b", "", text)
    if rest.strip():
        raise ArmError(400, "UnsupportedQuery", f"The filter '{text}' is not supported.")
    wanted = (person[1] or person[2]) if person else None
    below = "atScope()" not in text

    def asked(properties: Json) -> bool:
        at_or_above = above(properties["scope"], scope)
        in_place = at_or_above or (below and above(scope, properties["scope"]))
        return in_place and wanted in (None, properties["principalId"])

    return asked


def seed(assignments: Assignments) -> None:
    """Who may what from the beginning: the app as its set-up grants it, and a developer."""
    app, person = cloud.APP_PRINCIPAL, cloud.DEVELOPER_PRINCIPAL
    subscription = f"/subscriptions/{cloud.SUBSCRIPTION}"
    for scope, role, principal, kind in (
        (cloud.WORKSPACE_ID, definitions.DATA_SCIENTIST, app, "ServicePrincipal"),
        (cloud.GROUP_ID, definitions.RBAC_ADMINISTRATOR, app, "ServicePrincipal"),
        (cloud.WORKSPACE_ACCOUNT_ID, definitions.BLOB_CONTRIBUTOR, app, "ServicePrincipal"),
        (cloud.DROP_ACCOUNT_ID, definitions.BLOB_CONTRIBUTOR, app, "ServicePrincipal"),
        (cloud.USER_IDENTITY_ID, definitions.IDENTITY_OPERATOR, app, "ServicePrincipal"),
        (subscription, definitions.REGION_READER, app, "ServicePrincipal"),
        (cloud.GROUP_ID, definitions.OWNER, person, "User"),
        (subscription, definitions.READER, person, "User"),
    ):
        assignments.grant(scope, role, principal, kind, written=0.0)
