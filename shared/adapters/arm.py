"""A small client for Azure Resource Manager that raises our failures."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import RequestIdPolicy, UserAgentPolicy
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from shared.adapters.brief_retry import BriefRetry
from shared.adapters.budget import Budget
from shared.adapters.translation import explained, failure, failure_of
from shared.domain.failure import Refused, Unavailable

PUBLIC_CLOUD = "https://management.azure.com"
FOREIGN = "ForeignUrl"


class Arm:
    """Calls ARM as Sluice; every call ends within 20 seconds.

    Args:
        credential: the identity that makes the calls.
        base: the address of ARM, without a trailing slash.
        transport: sends the calls; azure-core's own by default.
    """

    def __init__(
        self,
        credential: TokenCredential,
        base: str = PUBLIC_CLOUD,
        transport: HttpTransport[Any, Any] | None = None,
    ) -> None:
        self._credential = credential
        self._base = base
        policies = [
            RequestIdPolicy(),
            UserAgentPolicy(base_user_agent="sluice"),
            BriefRetry(),
            Budget(),
            ARMChallengeAuthenticationPolicy(credential, f"{base}/.default"),
        ]
        self._client: ARMPipelineClient[HttpRequest, HttpResponse] = ARMPipelineClient(
            base, policies=policies, transport=transport
        )

    def call(
        self,
        method: str,
        path: str,
        version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Make one call. A status of 400 or more is raised as a failure.

        Args:
            method: the HTTP method.
            path: an ARM id, or a path below one.
            version: the `api-version`.
            body: is sent as JSON.
            query: further query parameters.
        """
        params = {"api-version": version, **(query or {})}
        return self._send(HttpRequest(method, f"{self._base}{path}", params=params, json=body))

    def get(
        self, path: str, version: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """GET a resource."""
        return _document(self.call("GET", path, version, query=query))

    def find(self, path: str, version: str) -> dict[str, Any] | None:
        """GET a resource, or None if there is none."""
        try:
            return self.get(path, version)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def pages(
        self, path: str, version: str, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """All resources of a list, following its pages."""
        page, seen = self.get(path, version, query), set[str]()
        yield from page.get("value") or ()
        while link := page.get("nextLink"):
            if link in seen:
                raise Unavailable("EndlessList", f"The list at {path} repeats one of its pages.")
            seen.add(link)
            page = _document(self.follow(link))
            yield from page.get("value") or ()

    def follow(self, url: str) -> HttpResponse:
        """GET a URL that ARM returned, with path and query unchanged.

        ARM may write its host in any case and with the port. The call always goes to our own base:
        another host must not see our token.
        """
        target = _target(url, self._base)
        if target is None:
            raise Refused(FOREIGN, f"{url.partition('?')[0]} is not a URL of ARM.")
        return self._send(HttpRequest("GET", f"{self._base}{target}"))

    def token(self, scope: str) -> str:
        """Get a token for another service, as Sluice."""
        try:
            return self._credential.get_token(scope).token
        except AzureError as error:
            raise failure_of(error) from error

    def _send(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self._client.send_request(request)
            response.read()
        except AzureError as error:
            raise failure_of(error) from error
        if response.status_code >= 400:
            code, message = explained(_error(response))
            raise failure(response.status_code, code, message, response.headers)
        return response


def _target(url: str, base: str) -> str | None:
    """Path and query of a URL; None if its host is not that of the base."""
    try:
        asked, known = urlsplit(url), urlsplit(base)
        same = (asked.scheme, asked.hostname, asked.port or 443, asked.username) == (
            *("https", known.hostname, known.port or 443),
            None,
        )
    except ValueError:
        return None
    query = f"?{asked.query}" if asked.query else ""
    return f"{asked.path}{query}" if same and asked.path.startswith("/") else None


def _document(response: HttpResponse) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise Refused("NoJson", "ARM's answer is not JSON.", status=response.status_code) from error
    return document if isinstance(document, dict) else {}


def _error(response: HttpResponse) -> Mapping[str, Any]:
    """The `error` object of an answer, or a bare one (`{code, message}`, `{errors, title}`).

    A proxy's page or an empty answer has none; then the HTTP reason is the code.
    """
    try:
        document = response.json()
    except ValueError:
        document = None
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, dict):
        return error
    text = response.text() if isinstance(document, dict) else ""
    return {"code": response.reason, "message": text}
