"""The managed-identity endpoint, as App Service gives it to an app.

Source: learn.microsoft.com/azure/app-service/overview-managed-identity, 'REST endpoint reference':
GET ?api-version=2019-08-01&resource=…[&client_id=…], header X-IDENTITY-HEADER.
"""

from urllib.parse import parse_qsl

from local import cloud
from local.azure_ml import clock
from local.azure_ml.asgi import Receive, Scope, Send, header, reply
from local.azure_ml.endpoint_identity import principals
from local.azure_ml.principals import APP, DEVELOPER, Principal
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from local.azure_ml.tokens import LIFETIME_S, Tokens

PATH = "/msi/token"
VERSION = "2019-08-01"


class IdentityEndpoint:
    """Issues tokens by secret: to the app, the developer, or an endpoint's container."""

    def __init__(self, store: Store, tokens: Tokens, settings: Settings) -> None:
        self._store = store
        self._tokens = tokens
        self._settings = settings
        self._fixed = {
            cloud.APP_IDENTITY_HEADER: [APP],
            cloud.DEVELOPER_IDENTITY_HEADER: [DEVELOPER],
        }

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        query = _query(scope)
        asked = query.get("resource", "")
        if scope["path"].rstrip("/") != PATH or query.get("api-version") != VERSION or not asked:
            message = f"Request {PATH}?api-version={VERSION}&resource=…"
            await reply(send, 400, {"statusCode": 400, "message": message})
            return
        identities = self._identities(header(scope, "x-identity-header"))
        if identities is None:
            await reply(send, 401, {"statusCode": 401, "message": "Unknown X-IDENTITY-HEADER."})
            return
        unnamed = self._settings.unnamed_identity and identities == [APP]
        chosen = _choose(identities, query, unnamed=unnamed)
        if chosen is None:
            message = (
                "No User Assigned or Delegated Managed Identity found for specified "
                "ClientId/ResourceId/PrincipalId."
            )
            await reply(send, 400, {"statusCode": 400, "message": message})
            return
        await reply(send, 200, self._token(chosen, asked))

    def _token(self, principal: Principal, resource: str) -> dict[str, str]:
        return {
            "access_token": self._tokens.issue(principal, resource),
            "expires_on": str(int(clock.seconds() + LIFETIME_S)),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": principal.client_id,
        }

    def _identities(self, secret: str) -> list[Principal] | None:
        if secret in self._fixed:
            return self._fixed[secret]
        for record in self._store.all("endpoint"):
            if record["secret"] == secret:
                return principals(record["resource"]["identity"])
        return None


def _choose(
    identities: list[Principal], query: dict[str, str], *, unnamed: bool
) -> Principal | None:
    """Choose the identity: user-assigned only by client id, the others without one.

    The app's is user-assigned, as `infra/` creates it; `unnamed`: and system-assigned too.
    """
    wanted = query.get("client_id")
    own = identities[0].client_id in (identities[0].object_id, DEVELOPER.client_id)
    if wanted is None:
        return identities[0] if own or unnamed else None
    return next((one for one in identities if one.client_id == wanted), None)


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))
