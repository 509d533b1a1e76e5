"""Environment variables that Azure fills in from connections before a container starts.

Source: learn.microsoft.com/azure/machine-learning/concept-secret-injection, 'Secret injection'.
"""

import json
import re
from collections.abc import Mapping

from local import cloud
from local.azure_ml.access import Access
from local.azure_ml.connections import SECRETS_ACTION
from local.azure_ml.endpoint_identity import principals
from local.azure_ml.exchange import Json
from local.azure_ml.store import Store

_REFERENCE = re.compile(r"\$\{\{\s*azureml://connections/([^/}\s]+)(?:/([^}\s]+))?\s*\}\}")


class InjectionError(Exception):
    """A value could not be read; Azure calls this SecretsInjectionError."""


class Injection:
    """Resolves `${{azureml://connections/...}}` as the endpoint's identity."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def resolve(self, variables: Mapping[str, str], identity: Json) -> dict[str, str]:
        """Return the variables with references replaced by their values.

        Raises:
            InjectionError: the identity lacks the right, or there is no such value.
        """
        return {name: self._value(str(value), identity) for name, value in variables.items()}

    def _value(self, value: str, identity: Json) -> str:
        match = _REFERENCE.fullmatch(value.strip())
        if match is None:
            return value
        name, part = match.groups()
        scope = f"{cloud.WORKSPACE_ID}/connections/{name}"
        ids = [found.object_id for found in principals(identity)]
        if not any(self._access.allows(one, SECRETS_ACTION, scope) for one in ids):
            message = f"The endpoint's identity is denied to list secrets of connection '{name}'"
            raise InjectionError(f"{message}: no authorization to perform {SECRETS_ACTION}.")
        record = self._store.get("connection", scope)
        if record is None:
            raise InjectionError(f"Connection {name} can't be found in this workspace.")
        return _part(record, part)


def _part(record: Json, part: str | None) -> str:
    """Return the whole connection as JSON, its target, a credential or a metadata value.

    Custom keys are credentials under their own names, such as `credentials/OPENAI_API_KEY`.
    """
    credentials = record["credentials"] or {}
    properties = {**record["resource"]["properties"], "credentials": credentials}
    if part is None:
        whole = {key: it for key, it in record["resource"].items() if key != "seeded"}
        return json.dumps({**whole, "properties": properties})
    found = {**properties, "credentials": credentials.get("keys", credentials)}
    for key in part.split("/"):
        if not isinstance(found, dict) or key not in found:
            raise InjectionError(f"Connection {record['resource']['name']} has no '{part}'.")
        found = found[key]
    return str(found)
