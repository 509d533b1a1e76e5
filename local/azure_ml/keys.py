"""Keys and tokens of endpoints."""

import secrets
from collections.abc import Iterator

from local import cloud
from local.azure_ml import clock
from local.azure_ml.endpoint_records import ENDPOINTS
from local.azure_ml.endpoints import ACTION
from local.azure_ml.errors import invalid, not_found
from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.routing import Route
from local.azure_ml.store import Store
from local.azure_ml.tokens import Tokens

_LIFETIME_S = 3 * 3600


class Keys:
    """listKeys and regenerateKeys in mode Key, token in mode AMLToken."""

    def __init__(self, store: Store, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    def routes(self) -> Iterator[Route]:
        one = "{ws}/onlineEndpoints/{endpoint}"
        yield Route("POST", f"{one}/listKeys", f"{ACTION}/listkeys/action", self._list)
        yield Route(
            "POST", f"{one}/regenerateKeys", f"{ACTION}/regeneratekeys/action", self._regenerate
        )
        yield Route("POST", f"{one}/token", f"{ACTION}/token/action", self._token)

    def _list(self, call: Call) -> Answer:
        return Answer(self._require(call, "Key")["keys"])

    def _regenerate(self, call: Call) -> Answer:
        record = self._require(call, "Key")
        kind = str(call.document.get("keyType", "Primary")).lower()
        key = call.document.get("keyValue") or secrets.token_urlsafe(24)
        record["keys"]["secondaryKey" if kind == "secondary" else "primaryKey"] = key
        self._store.put("endpoint", record["resource"]["id"], record)
        return Answer(None, 202)

    def _token(self, call: Call) -> Answer:
        record = self._require(call, "AMLToken")
        expiry = int(clock.seconds()) + _LIFETIME_S
        audience = token_audience(record["resource"]["name"])
        return Answer(
            {
                "accessToken": self._tokens.issue(call.caller, audience, _LIFETIME_S),
                "expiryTimeUtc": expiry,
                "refreshAfterTimeUtc": expiry - _LIFETIME_S // 2,
                "tokenType": "Bearer",
            }
        )

    def _require(self, call: Call, mode: str) -> Json:
        resource_id = f"{ENDPOINTS}/{call.parts['endpoint']}"
        record = self._store.get("endpoint", resource_id)
        if record is None:
            raise not_found(resource_id)
        actual = record["resource"]["properties"]["authMode"]
        if actual != mode:
            raise invalid(f"The endpoint's authMode is {actual}; this call is for {mode}.")
        return record


def token_audience(endpoint: str) -> str:
    """Return the audience of an AMLToken: one endpoint."""
    return f"https://{endpoint.lower()}.{cloud.REGION}.inference.ml.azure.com"
