"""Scoring in memory: routed by traffic or by deployment, as the front of an endpoint does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from shared.domain.access.roles import CONNECTION_SECRETS_READER, required_grants
from shared.domain.azure.endpoint import EndpointState
from shared.domain.failure import Unavailable
from shared.ports import Answer, Json
from tests.fakes.faults import Breakable, breakable
from tests.fakes.workspace import FakeWorkspace

_DENIED = (
    "Access denied to list workspace secret due to invalid authentication. Please ensure you have "
    "gain RBAC role 'Azure Machine Learning Workspace Connection Secrets Reader'"
)


@dataclass
class _Planned:
    answer: Answer
    deployment: str | None
    times: int


@dataclass(frozen=True)
class Scored:
    """An answered call, and the deployment that answered it."""

    endpoint: str
    deployment: str
    body: dict[str, Any] = field(default_factory=dict)
    accept: str | None = None


class FakeScoring(Breakable):
    """Answers 200 with `{"answer": "yes"}` unless set otherwise.

    With `needs_connection` a call is answered 424 until the endpoint's identity may read
    connection secrets (in `workspace.roles`). `live`: answers instead, by deployment; `asked`:
    the same, by deployment, body and accepted media type. `documents`: OpenAPI, by deployment.
    """

    def __init__(self, workspace: FakeWorkspace, *, needs_connection: bool = False) -> None:
        super().__init__()
        self.scored: list[Scored] = []
        self.needs_connection = needs_connection
        self._workspace = workspace
        self._planned: list[_Planned] = []
        self.live: Callable[[str], Answer] | None = None
        self.asked: Callable[[str, Json, str | None], Answer] | None = None
        self.documents: dict[str, Any] = {}

    def answer(
        self,
        status: int,
        body: Any = None,
        *,
        deployment: str | None = None,
        times: int = 1,
        **more: Any,
    ) -> None:
        """Set the answer of the next calls (to that deployment, if given)."""
        answer = Answer(**{"status": status, "body": body, "seconds": 0.01, **more})
        self._planned.append(_Planned(answer, deployment, times))

    @breakable
    def score(
        self,
        uri: str,
        credential: str,
        body: Json,
        *,
        deployment: str | None,
        timeout: float,
        accept: str | None = None,
    ) -> Answer:
        assert timeout > 0
        endpoint = self._endpoint(uri)
        if credential != f"{endpoint.auth_mode}-of-{endpoint.name}":
            return Answer(401, "", 0.01)
        name = deployment or max(endpoint.traffic, key=endpoint.traffic.__getitem__, default="")
        if not self._serves(endpoint, name, named=deployment is not None):
            return Answer(404, "", 0.01)
        if urlsplit(uri).path != self._workspace.there.scored_at((endpoint.name, name)):
            return Answer(424, {"detail": "Not Found"}, 0.01, model_status=404)
        self.scored.append(Scored(endpoint.name, name, dict(body), accept))
        if self.asked is not None:
            return self.asked(name, body, accept)
        return self._answered(endpoint, name)

    @breakable
    def swagger(self, uri: str, credential: str, *, deployment: str, timeout: float) -> Answer:
        assert timeout > 0
        endpoint = self._endpoint(uri)
        if credential != f"{endpoint.auth_mode}-of-{endpoint.name}":
            return Answer(401, "", 0.01)
        if not self._serves(endpoint, deployment, named=True) or deployment not in self.documents:
            return Answer(404, "", 0.01)
        return Answer(200, self.documents[deployment], 0.01)

    def _endpoint(self, uri: str) -> EndpointState:
        known = self._workspace.there.endpoints.values()
        host = urlsplit(uri).netloc
        found = next((it for it in known if urlsplit(it.scoring_uri).netloc == host), None)
        if found is None:
            raise Unavailable("ConnectionError", f"{uri} has no address.")
        return found

    def _serves(self, endpoint: EndpointState, name: str, *, named: bool) -> bool:
        state = self._workspace.there.deployments.get((endpoint.name, name))
        ready = state is not None and state.provisioning_state in ("Succeeded", "Updating")
        return ready and (named or bool(endpoint.traffic.get(name)))

    def _answered(self, endpoint: EndpointState, name: str) -> Answer:
        for planned in self._planned:
            if planned.times > 0 and planned.deployment in (None, name):
                planned.times -= 1
                return planned.answer
        if self.live is not None:
            return self.live(name)
        if self.needs_connection and not self._may_read_secrets(endpoint):
            return Answer(424, {"error": {"message": _DENIED}}, 0.01)
        return Answer(200, {"answer": "yes"}, 0.01)

    def _may_read_secrets(self, endpoint: EndpointState) -> bool:
        roles = self._workspace.roles
        assert roles is not None, "needs_connection needs roles"
        grants = required_grants(endpoint.identity, self._workspace.there.facts)
        grant = next(one for one in grants if one.role == CONNECTION_SECRETS_READER)
        return roles.in_force(grant, str(endpoint.identity.principal_id))
