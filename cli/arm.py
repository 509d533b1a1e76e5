"""Azure client of `invoke` and `chat`: finds how to call an endpoint, and calls it."""

from dataclasses import dataclass
from typing import Any, Final

import requests

from cli.answers import ENDPOINT_NAMES, KEYS, SCORING, TOKEN
from cli.errors import no_endpoint, refused, unreachable
from cli.inputs import Inputs, read_inputs
from cli.management import ARM, Management
from cli.shapes import Shape
from cli.sign_in import get_token
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

ENTRA_AUDIENCE: Final = "https://ml.azure.com"
"""Of a token for an endpoint in the mode AADToken."""
API_VERSION: Final = "2025-12-01"
SWAGGER_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 300.0


@dataclass(frozen=True)
class Scoring:
    """How to call an endpoint: the URL, the URL of its OpenAPI document, a key or token."""

    uri: str
    swagger: str | None
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}


class Azure:
    """Azure Resource Manager and scoring, as the user who is signed in (`az login`)."""

    def __init__(self, target: Target) -> None:
        self._workspace = (
            f"{ARM}/subscriptions/{target['subscription_id']}"
            f"/resourceGroups/{target['resource_group']}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{target['workspace']}"
        )
        self._arm = Management(target)

    def find_scoring(self, endpoint: str) -> Scoring:
        """Return how to call the endpoint.

        Raises:
            CommandError: there is no such endpoint, or Azure refuses or does not answer.
        """
        below = f"/onlineEndpoints/{endpoint}"
        found = self._request("GET", below, SCORING)
        if found is None:
            raise no_endpoint(endpoint, self._endpoint_names())
        properties = found["properties"]
        uri = properties.get("scoringUri")
        if not uri:
            raise refused(f"endpoint {endpoint} has no scoring URI yet")
        key = self._key(below, properties["authMode"].lower())
        if key is None:
            raise no_endpoint(endpoint, ())
        return Scoring(uri, properties.get("swaggerUri"), key)

    def read_inputs(self, scoring: Scoring) -> Inputs:
        """Return the flow's inputs; without any if the endpoint does not tell them."""
        if scoring.swagger is None:
            return Inputs()
        try:
            answer = self._arm.session.get(
                scoring.swagger, headers=scoring.headers, timeout=SWAGGER_SECONDS
            )
            return read_inputs(read_json(answer.content) if answer.ok else None)
        except (requests.RequestException, ValueError):
            return Inputs()

    def score(
        self, scoring: Scoring, body: bytes, accept: str = "application/json"
    ) -> requests.Response:
        """Call the endpoint and return its answer, whatever the status; its body is not read yet.

        Raises:
            CommandError: there is no answer.
        """
        try:
            return self._arm.session.post(
                scoring.uri,
                data=body,
                headers=scoring.headers | {"Accept": accept},
                timeout=ANSWER_SECONDS,
                stream=True,
            )
        except ValueError as error:
            raise unreachable(f"cannot call {scoring.uri}: {error}") from error
        except requests.RequestException as error:
            raise unreachable(f"no answer from {scoring.uri} ({type(error).__name__})") from error

    def _key(self, below: str, mode: str) -> str | None:
        """Return the endpoint's key, or a token; None if the endpoint is gone."""
        if mode == "aadtoken":
            return get_token(self._arm.credential, ENTRA_AUDIENCE)
        if mode == "key":
            keys = self._request("POST", f"{below}/listKeys", KEYS)
            return None if keys is None else str(keys["primaryKey"])
        token = self._request("POST", f"{below}/token", TOKEN)
        return None if token is None else str(token["accessToken"])

    def _endpoint_names(self) -> list[str]:
        """Return the names on the first page of the workspace's endpoints."""
        found = self._request("GET", "/onlineEndpoints", ENDPOINT_NAMES) or {"value": []}
        return [it["name"] for it in found["value"]]

    def _request(self, method: str, below: str, shape: Shape) -> Any:
        """Return the answer, None for a 404. Raises CommandError."""
        query = {"api-version": API_VERSION}
        return self._arm.call(method, f"{self._workspace}{below}", query, shape)
