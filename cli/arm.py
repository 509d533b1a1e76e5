"""Azure client of `sluice invoke`: finds an endpoint's scoring URI and key, and calls it."""

import os
from typing import Any, Final

import requests

from cli.answers import KEYS, SCORING, TOKEN, Shape, find_mismatch
from cli.errors import CommandError, no_endpoint, refused, unreachable
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

ARM: Final = "https://management.azure.com"
API_VERSION: Final = "2025-12-01"
TIMEOUT_SECONDS: Final = 30.0


class Azure:
    """Azure Resource Manager and scoring, as the user who is signed in (`az login`).

    For a local stack: through its proxy, with its CA, as its developer.
    """

    def __init__(self, target: Target) -> None:
        self._workspace = (
            f"{ARM}/subscriptions/{target['subscription_id']}"
            f"/resourceGroups/{target['resource_group']}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{target['workspace']}"
        )
        self._session = requests.Session()
        if target.local:
            self._session.trust_env = False
            self._session.proxies = {"https": target["https_proxy"]}
            self._session.verify = target["ca_bundle"]
        self._credential = _credential(target)

    def find_scoring(self, endpoint: str) -> tuple[str, str]:
        """Return the scoring URI, and a key or token for it.

        Raises:
            CommandError: there is no such endpoint, or Azure refuses or does not answer.
        """
        url = f"{self._workspace}/onlineEndpoints/{endpoint}"
        missing = no_endpoint(endpoint)
        properties = self._request("GET", url, missing, SCORING)["properties"]
        uri = properties.get("scoringUri")
        if not uri:
            raise refused(f"endpoint {endpoint} has no scoring URI yet")
        if properties["authMode"].lower() == "key":
            keys = self._request("POST", f"{url}/listKeys", missing, KEYS)
            return uri, keys["primaryKey"]
        return uri, self._request("POST", f"{url}/token", missing, TOKEN)["accessToken"]

    def score(self, uri: str, key: str, body: bytes) -> requests.Response:
        """Call the endpoint and return its answer, whatever the status."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            return self._session.post(uri, data=body, headers=headers, timeout=300)
        except ValueError as error:
            raise unreachable(f"cannot call {uri}: {error}") from error
        except requests.RequestException as error:
            raise unreachable(f"no answer from {uri} ({type(error).__name__})") from error

    def _request(self, method: str, url: str, missing: CommandError, shape: Shape) -> Any:
        token = _token(self._credential)
        try:
            answer = self._session.request(
                method,
                url,
                params={"api-version": API_VERSION},
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise unreachable(f"no answer from {ARM} ({type(error).__name__})") from error
        if answer.status_code == 404:
            raise missing
        if not answer.ok:
            raise unreachable(f"Azure answers {answer.status_code}: {answer.text[:300]}")
        try:
            content = read_json(answer.content)
            wrong: object = find_mismatch(content, shape)
        except ValueError as error:
            wrong = error
        if wrong is not None:
            raise unreachable(f"unexpected answer from {ARM}: {wrong}")
        return content


def _credential(target: Target) -> Any:
    from azure.identity import (  # noqa: PLC0415 - slow to import, and one command needs it
        DefaultAzureCredential,
        ManagedIdentityCredential,
    )

    if not target.local:
        return DefaultAzureCredential()
    # azure-identity takes a managed identity's address from the environment alone.
    os.environ["IDENTITY_ENDPOINT"] = target["identity_endpoint"]
    os.environ["IDENTITY_HEADER"] = target["identity_header"]
    return ManagedIdentityCredential()


def _token(credential: Any) -> str:
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415

    try:
        return str(credential.get_token(f"{ARM}/.default").token)
    except ClientAuthenticationError as error:
        raise unreachable(f"no token for Azure: {str(error).splitlines()[0]}") from error
