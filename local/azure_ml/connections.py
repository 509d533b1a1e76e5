"""Connections of the workspace, and their secrets.

Shapes: specs of Azure ML, workspace connections @2023-04-01-preview, and the fields that prompt
flow 1.18.5 reads.
"""

from collections.abc import Iterator

from local import cloud
from local.azure_ml.connection_categories import canonical_category
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import NO_CONTENT, Answer, Call, Json, list_answer
from local.azure_ml.resources import system_data
from local.azure_ml.routing import ML, Route
from local.azure_ml.store import Store
from local.serving.openai import KEY as OPENAI_KEY

ACTION = f"{ML}/workspaces/connections"
SECRETS_ACTION = f"{ACTION}/listsecrets/action"
FIRST = "open_ai_connection"


class Connections:
    """Connections by name. Only listsecrets shows credentials."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> Iterator[Route]:
        one = "{ws}/connections/{name}"
        yield Route("GET", "{ws}/connections", f"{ACTION}/read", self._list)
        yield Route("GET", one, f"{ACTION}/read", self._get)
        yield Route("PUT", one, f"{ACTION}/write", self._put)
        yield Route("DELETE", one, f"{ACTION}/delete", self._delete)
        yield Route("POST", f"{one}/listsecrets", SECRETS_ACTION, self._secrets)

    def seed(self, openai_port: int) -> None:
        """Create a connection to the stand-in for OpenAI, unless a person made one of that name."""
        resource_id = f"{cloud.WORKSPACE_ID}/connections/{FIRST}"
        before = self._store.get("connection", resource_id)
        properties = {
            "authType": "ApiKey",
            "category": "OpenAI",
            "target": f"http://127.0.0.1:{openai_port}/v1",
            "credentials": {"key": OPENAI_KEY},
            "metadata": {},
        }
        if before is None or before["resource"].get("seeded"):
            shown = {**_resource(FIRST, properties), "systemData": None, "seeded": True}
            record = {"resource": shown, "credentials": properties["credentials"]}
            self._store.put("connection", resource_id, record)

    def _put(self, call: Call) -> Answer:
        name, wanted = call.parts["name"], call.properties
        for field in ("authType", "category", "target"):
            if not wanted.get(field) and not (field == "target" and _has_custom_keys(wanted)):
                raise ArmError(400, "ValidationError", f"The field '{field}' is required.")
        wanted = {**wanted, "category": canonical_category(wanted["category"])}
        before = self._find(name)
        data = system_data(call, _earlier_resource(before))
        resource = {**_resource(name, wanted), "systemData": data}
        record = {"resource": resource, "credentials": wanted.get("credentials")}
        self._store.put("connection", f"{cloud.WORKSPACE_ID}/connections/{name}", record)
        return Answer(resource)

    def _list(self, call: Call) -> Answer:
        category = call.query.get("category")
        shown = [_public(one["resource"]) for one in self._store.all("connection")]
        if category is not None:
            shown = [
                it for it in shown if it["properties"]["category"] == canonical_category(category)
            ]
        return list_answer(shown)

    def _get(self, call: Call) -> Answer:
        return Answer(_public(self._require(call)["resource"]))

    def _secrets(self, call: Call) -> Answer:
        record = self._require(call)
        shown = _public(record["resource"])
        opened = {**shown["properties"], "credentials": record["credentials"]}
        return Answer({**shown, "properties": opened})

    def _delete(self, call: Call) -> Answer:
        name = call.parts["name"]
        self._store.delete("connection", f"{cloud.WORKSPACE_ID}/connections/{name}")
        return NO_CONTENT

    def _find(self, name: str) -> Json | None:
        return self._store.get("connection", f"{cloud.WORKSPACE_ID}/connections/{name}")

    def _require(self, call: Call) -> Json:
        name = call.parts["name"]
        record = self._find(name)
        if record is None:
            message = f"Connection {name} can't be found in this workspace"
            raise ArmError(404, "UserError", message)
        return record


def _resource(name: str, properties: Json) -> Json:
    return {
        "id": f"{cloud.WORKSPACE_ID}/connections/{name}",
        "name": name,
        "type": f"{ML}/workspaces/connections",
        "properties": {
            "metadata": {},
            "isSharedToAll": True,
            "group": "AzureAI",
            **properties,
            "credentials": None,
        },
    }


def _has_custom_keys(properties: Json) -> bool:
    return properties.get("authType") == "CustomKeys"


def _earlier_resource(record: Json | None) -> Json | None:
    resource: Json | None = record["resource"] if record else None
    return resource if resource and resource["systemData"] else None


def _public(resource: Json) -> Json:
    return {key: value for key, value in resource.items() if key != "seeded"}
