"""What `sluice invoke` asks of Azure: where an endpoint is, and its key."""

import os
from typing import Any, Final

import requests

from cli.errors import refused, unreachable
from cli.target import Target

ARM: Final = "https://management.azure.com"
API_VERSION: Final = "2025-12-01"
TIMEOUT_SECONDS: Final = 30.0


class Azure:
    """Azure Resource Manager and scoring, as the person who is signed in (`az login`).

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
            self._session.proxies = {"https": target.facts["https_proxy"]}
            self._session.verify = target.facts["ca_bundle"]
        self._credential = _credential(target)

    def scoring(self, endpoint: str) -> tuple[str, str]:
        """Scoring URI and a key or token that opens it.

        Raises:
            CommandError: there is no such endpoint, or Azure refuses or does not answer.
        """
        of_endpoint = f"{self._workspace}/onlineEndpoints/{endpoint}"
        properties = self._ask("GET", of_endpoint)["properties"]
        uri = properties.get("scoringUri")
        if not uri:
            raise refused(f"endpoint {endpoint} has no scoring URI yet")
        if properties["authMode"].lower() == "key":
            return uri, self._ask("POST", f"{of_endpoint}/listKeys")["primaryKey"]
        return uri, self._ask("POST", f"{of_endpoint}/token")["accessToken"]

    def score(self, uri: str, key: str, body: bytes) -> requests.Response:
        """The endpoint's answer, whatever its status."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            return self._session.post(uri, data=body, headers=headers, timeout=300)
        except requests.RequestException as error:
            raise unreachable(f"no answer from {uri} ({type(error).__name__})") from error

    def _ask(self, method: str, url: str) -> Any:
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
            raise refused(f"Azure knows no {url.removeprefix(self._workspace)}")
        if not answer.ok:
            raise unreachable(f"Azure answers {answer.status_code}: {answer.text[:300]}")
        return answer.json()


def _credential(target: Target) -> Any:
    from azure.identity import (  # noqa: PLC0415 - slow to import, and one command needs it
        DefaultAzureCredential,
        ManagedIdentityCredential,
    )

    if not target.local:
        return DefaultAzureCredential()
    # A managed identity is told by the environment, and nothing else, where to ask.
    os.environ["IDENTITY_ENDPOINT"] = target.facts["identity_endpoint"]
    os.environ["IDENTITY_HEADER"] = target.facts["identity_header"]
    return ManagedIdentityCredential()


def _token(credential: Any) -> str:
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415

    try:
        return str(credential.get_token(f"{ARM}/.default").token)
    except ClientAuthenticationError as error:
        raise unreachable(f"no token for Azure: {str(error).splitlines()[0]}") from error
