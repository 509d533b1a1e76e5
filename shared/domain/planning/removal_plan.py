"""Plan a removal, or refuse it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.access.roles import RoleAssignment, assignment_name, role_name
from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.errors import Finding, Rejected
from shared.domain.planning.endpoint_spec import made_by_sluice
from shared.domain.planning.step import Plan, Prior, Step, live
from shared.domain.release.release import DIGEST_TAG
from shared.domain.requests.source import RemovalSource


@dataclass(frozen=True)
class Inventory:
    """The current state of what is to be removed.

    Args:
        endpoint: None if it is gone already.
        deployments: its deployments.
        assignments: its identity's role assignments, at the scopes where Sluice grants.
        others: endpoints that run as the same identity.
        released: its deployments that the ledger has releases of.
        newest: the deployment of the newest release; empty if there is none.
    """

    endpoint: EndpointState | None
    deployments: tuple[DeploymentState, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()
    others: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()
    newest: str = ""

    def shows_newest(self, deployment: str) -> bool:
        """Whether traffic and deployments are as the newest release left them, for one of them.

        If not, Azure may show an older state.
        """
        if self.endpoint is None or not self.newest:
            return not self.newest
        serves = deployment in live(self.endpoint.traffic)
        return serves == (deployment == self.newest)


def removal_plan(asked: RemovalSource, there: Inventory) -> Plan:
    """Plan the deletions; no steps if all is gone. Raises Rejected if it is not allowed."""
    found = tuple(_refused(asked, there))
    if found:
        raise Rejected(found)
    steps = _endpoint(there) if asked.deployment is None else _deployment(asked.deployment, there)
    return Plan(asked.deployment or "", tuple(steps), Prior(existed=there.endpoint is not None))


def _refused(asked: RemovalSource, there: Inventory) -> Iterator[Finding]:
    if asked.deployment is None:
        yield from _endpoint_refused(asked, there)
    else:
        yield from _deployment_refused(asked, asked.deployment, there)


def _endpoint_refused(asked: RemovalSource, there: Inventory) -> Iterator[Finding]:
    name, endpoint = asked.endpoint, there.endpoint
    if endpoint is None:
        if not there.released:
            yield _finding(name, f"There is no endpoint '{name}'", "Correct the name")
        return
    if asked.force:
        return
    if not made_by_sluice(endpoint):
        yield _finding(name, f"Sluice did not make endpoint '{name}'", _FORCE)
    foreign = ", ".join(it.name for it in there.deployments if DIGEST_TAG not in it.tags)
    if foreign:
        yield _finding(name, f"Sluice did not make these deployments behind it: {foreign}", _FORCE)


def _deployment_refused(asked: RemovalSource, name: str, there: Inventory) -> Iterator[Finding]:
    place = f"{asked.endpoint}/{name}"
    state = _find(name, there)
    if state is None:
        if name not in there.released:
            yield _finding(place, f"There is no deployment '{name}'", "Correct the name")
        return
    assert there.endpoint is not None
    share = live(there.endpoint.traffic).get(name) or live(there.endpoint.mirror_traffic).get(name)
    if share:
        remedy = "Move its traffic first, by a release or in studio, or delete the endpoint"
        yield _finding(place, f"Deployment '{name}' has {share} % of the traffic", remedy)
    if DIGEST_TAG not in state.tags and not asked.force:
        yield _finding(place, f"Sluice did not make deployment '{name}'", _FORCE)


def _endpoint(there: Inventory) -> Iterator[Step]:
    if there.endpoint is None:
        return
    name, behind = there.endpoint.name, [it.name for it in there.deployments]
    title = f"Delete endpoint {name} and the {len(behind)} behind it" if behind else ""
    yield Step("delete_endpoint", title or f"Delete endpoint {name}", {"deployments": behind})
    if there.others:
        return
    principal = there.endpoint.identity.principal_id or ""
    for held in there.assignments:
        if held.id.lower().endswith(assignment_name(held.scope, held.role_id, principal)):
            yield _role(held)


def _role(held: RoleAssignment) -> Step:
    role = role_name(held.role_id)
    place = held.scope.rpartition("/")[2]
    arguments = {"id": held.id, "role": role, "scope": held.scope}
    return Step("delete_role_assignment", f"Remove {role} on {place}", arguments, optional=True)


def _deployment(name: str, there: Inventory) -> Iterator[Step]:
    if _find(name, there) is not None:
        yield Step("delete_deployment", f"Delete {name}", {"name": name})


def _find(name: str, there: Inventory) -> DeploymentState | None:
    return next((it for it in there.deployments if it.name == name), None)


_FORCE = "Set force=true to delete it all the same (sluice delete --force)"


def _finding(place: str, cause: str, remedy: str) -> Finding:
    return Finding(f"endpoint {place}", None, cause, remedy)
