"""Issues bearer tokens, and checks them on each call."""

import secrets
from typing import Any

import jwt

from local import cloud
from local.azure_ml import clock
from local.azure_ml.errors import ArmError
from local.azure_ml.principals import Principal
from local.azure_ml.store import Store

ISSUER = f"https://sts.windows.net/{cloud.TENANT}/"
LIFETIME_S = 86_400
ARM_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
ML_AUDIENCES = ("https://ml.azure.com",)
STORAGE_AUDIENCES = ("https://storage.azure.com",)


class Tokens:
    """Signs tokens with a secret that survives a restart, and identifies their owner."""

    def __init__(self, store: Store) -> None:
        record = store.get("secret", "tokens") or {"key": secrets.token_hex(32)}
        store.put("secret", "tokens", record)
        self._key: str = record["key"]

    def issue(self, principal: Principal, audience: str, lifetime_s: float = LIFETIME_S) -> str:
        """Issue a token for a resource (its URI, as the caller wrote it)."""
        issued = int(clock.seconds())
        claims = {
            "aud": audience,
            "iss": ISSUER,
            "iat": issued,
            "nbf": issued - 300,
            "exp": int(issued + lifetime_s),
            "oid": principal.object_id,
            "sub": principal.object_id,
            "appid": principal.client_id,
            "name": principal.name,
            "idtyp": "user" if principal.type == "User" else "app",
            "tid": cloud.TENANT,
            "ver": "1.0",
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def principal(self, authorization: str, audiences: tuple[str, ...]) -> Principal:
        """Return the identity that sent this Authorization header.

        Raises:
            ArmError: 401, the token is missing, forged, expired, or for another resource.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            message = "Authentication failed. The 'Authorization' header is missing."
            raise _unauthorized("AuthenticationFailed", message)
        claims = self._claims(token)
        if str(claims["aud"]).rstrip("/") not in audiences:
            message = f"The access token has been obtained for wrong audience '{claims['aud']}'."
            raise _unauthorized("InvalidAuthenticationTokenAudience", message)
        person = claims["idtyp"] == "user"
        return Principal(
            claims["oid"], claims["appid"], claims["name"], "User" if person else "ServicePrincipal"
        )

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                issuer=ISSUER,
                options={"verify_aud": False, "require": ["exp", "iss", "aud", "oid"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise _unauthorized(
                "ExpiredAuthenticationToken", "The access token expired."
            ) from error
        except jwt.InvalidIssuerError as error:
            message = "The access token is from the wrong issuer."
            raise _unauthorized("InvalidAuthenticationTokenTenant", message) from error
        except jwt.InvalidTokenError as error:
            message = "The access token is invalid."
            raise _unauthorized("InvalidAuthenticationToken", message) from error


def _unauthorized(code: str, message: str) -> ArmError:
    challenge = (
        f'Bearer authorization_uri="https://login.microsoftonline.com/{cloud.TENANT}", '
        f'error="invalid_token", error_description="{message}"'
    )
    return ArmError(401, code, message, headers={"WWW-Authenticate": challenge})
