"""Relay of the blob hosts to Azurite, unchanged so that signatures stay valid.

Azurite accepts bearer tokens over TLS only. The relay therefore checks the token and the caller's
role itself, and forwards the call with a shared access signature of the account.
"""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import httpcore
from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas

from local import cloud
from local.azure_ml import clock
from local.azure_ml.access import Access
from local.azure_ml.asgi import Receive, Scope, Send, header
from local.azure_ml.errors import ArmError
from local.azure_ml.settings import Settings, StorageAccess
from local.azure_ml.tokens import STORAGE_AUDIENCES, Tokens

SUFFIX = ".blob.core.windows.net"
ACCOUNTS = {
    cloud.WORKSPACE_ACCOUNT: cloud.WORKSPACE_ACCOUNT_KEY,
    cloud.DROP_ACCOUNT: cloud.DROP_ACCOUNT_KEY,
    cloud.HOST_ACCOUNT: cloud.HOST_ACCOUNT_KEY,
}
_DATA = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_ACTIONS = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
_SOURCE = "x-ms-copy-source"
_REWRITTEN = {b"x-ms-copy-source", b"x-ms-copy-source-authorization"}
_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"expect"}


class BlobRelay:
    """The ASGI app of `{account}.blob.core.windows.net`."""

    def __init__(self, azurite: str, tokens: Tokens, access: Access, settings: Settings) -> None:
        host, _, port = azurite.rpartition(":")
        self._to = (host.encode(), int(port))
        self._tokens = tokens
        self._access = access
        self._settings = settings
        self._pool = httpcore.AsyncConnectionPool(max_connections=50)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            headers, target = self._sign(scope)
        except ArmError as error:
            await _refuse(send, error)
            return
        host, port = self._to
        url = httpcore.URL(scheme=b"http", host=host, port=port, target=target)
        request = httpcore.Request(scope["method"], url, headers=headers, content=_body(receive))
        answer = await self._pool.handle_async_request(request)
        try:
            await _relay(answer, send)
        finally:
            await answer.aclose()

    async def close(self) -> None:
        await self._pool.aclose()

    def _sign(self, scope: Scope) -> tuple[list[tuple[bytes, bytes]], bytes]:
        headers = [(key, value) for key, value in scope["headers"] if key not in _HOP]
        target = scope["raw_path"]
        if query := scope["query_string"]:
            target += b"?" + query
        account = header(scope, "host").split(".")[0]
        bearer = header(scope, "authorization").lower().startswith("bearer ")
        if account == cloud.WORKSPACE_ACCOUNT:
            _check_account(self._settings.storage_access, bearer=bearer)
        if not bearer:
            return headers, target
        self._check(scope, account)
        headers = [(key, value) for key, value in headers if key != b"authorization"]
        headers = self._rewrite_copy_source(scope, headers)
        signature = _account_sas(account).encode()
        return headers, target + (b"&" if query else b"?") + signature

    def _rewrite_copy_source(
        self, scope: Scope, headers: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        """Rewrite the source of a copy to an Azurite URL, if its own token may read it."""
        source = urlsplit(header(scope, _SOURCE))
        if not (source.hostname or "").endswith(SUFFIX):
            return headers
        account = str(source.hostname).split(".")[0]
        authorization = header(scope, f"{_SOURCE}-authorization")
        if authorization:
            self._check(scope, account, authorization, "read")
        query = _account_sas(account) if authorization else source.query
        host, port = self._to
        place = f"http://{host.decode()}:{port}/{account}{source.path}?{query}"
        kept = [(key, value) for key, value in headers if key not in _REWRITTEN]
        return [*kept, (_SOURCE.encode(), place.encode())]

    def _check(self, scope: Scope, account: str, authorization: str = "", action: str = "") -> None:
        """Raise ArmError if the token (by default the call's own) does not allow the action."""
        authorization = authorization or header(scope, "authorization")
        caller = self._tokens.principal(authorization, STORAGE_AUDIENCES)
        scope_id = f"{cloud.GROUP_ID}/providers/Microsoft.Storage/storageAccounts/{account}"
        action = f"{_DATA}/{action or _ACTIONS.get(scope['method'], 'write')}"
        if account not in ACCOUNTS or not self._access.allows(
            caller.object_id, action, scope_id, data=True
        ):
            message = (
                "This request is not authorized to perform this operation using this permission."
            )
            raise ArmError(403, "AuthorizationPermissionMismatch", message)


def _check_account(access: StorageAccess, *, bearer: bool) -> None:
    """Wordings: learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes."""
    if access == "closed":
        message = "This request is not authorized to perform this operation."
        raise ArmError(403, "AuthorizationFailure", message)
    if access == "no_keys" and not bearer:
        message = "Key based authentication is not permitted on this storage account."
        raise ArmError(403, "KeyBasedAuthenticationNotPermitted", message)


async def _refuse(send: Send, error: ArmError) -> None:
    """Send an error as Storage does: XML, and the code in a header too."""
    text = f"{error.message}\nRequestId:{uuid.uuid4()}\nTime:{clock.now()}"
    body = f"<Code>{error.header_code}</Code><Message>{escape(text)}</Message>"
    content = f'<?xml version="1.0" encoding="utf-8"?><Error>{body}</Error>'.encode()
    headers = {
        "content-length": str(len(content)),
        "content-type": "application/xml",
        "x-ms-error-code": error.header_code,
    }
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def _account_sas(account: str) -> str:
    return generate_account_sas(
        account,
        ACCOUNTS[account],
        ResourceTypes(service=True, container=True, object=True),
        AccountSasPermissions(
            read=True, write=True, delete=True, list=True, add=True, create=True, tag=True
        ),
        dt.datetime.now(dt.UTC) + dt.timedelta(minutes=15),
    )


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client went away")
        if chunk := message.get("body", b""):
            yield chunk
        more = message.get("more_body", False)


async def _relay(answer: httpcore.Response, send: Send) -> None:
    headers = [(key.lower(), value) for key, value in answer.headers if key.lower() not in _HOP]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    async for chunk in answer.aiter_stream():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
