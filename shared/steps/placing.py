"""Where a flow may go: the endpoint's name, whether Azure takes it, and what the policy allows."""

from shared.domain.access import AskedRole
from shared.domain.endpoint_asking import asked_roles
from shared.domain.errors import Finding
from shared.domain.job import DeployRequest, RevisionSource, RunSource
from shared.domain.manifest import Manifest
from shared.domain.names import endpoint_name_of, endpoint_name_problem
from shared.domain.policy import refusal, refused_roles, suffix_of, suffixed
from shared.domain.run_name import endpoint_name_of_run
from shared.ports import Ports

_REMEDY = "Ask the operator for a rule in SLUICE_POLICY, or deploy to what is allowed"


def endpoint_name(ports: Ports, request: DeployRequest, manifest: Manifest, path: str) -> str:
    """The one that is named; else the zip's or folder's, with a suffix where the policy says so."""
    if isinstance(request.source, RevisionSource):
        return request.source.endpoint
    if manifest.endpoint.name is not None:
        return manifest.endpoint.name
    run = request.source.name if isinstance(request.source, RunSource) else None
    return suffixed(
        ports.policy,
        path=path,
        name=endpoint_name_of(path) if run is None else endpoint_name_of_run(run),
        workspace=ports.workspace_name,
        suffix=suffix_of(ports.workspace_id),
    )


def placing_findings(ports: Ports, path: str, name: str, manifest: Manifest) -> list[Finding]:
    """Whether Azure takes the name, and the operator the place and the roles."""
    if (problem := endpoint_name_problem(name)) is not None:
        remedy = "Rename the zip or folder, or set endpoint.name in deploy.yaml"
        return [Finding(path, None, problem, remedy)]
    why = refusal(
        ports.policy,
        path=path,
        endpoint=name,
        workspace=ports.workspace_name,
        suffix=suffix_of(ports.workspace_id),
    )
    if why is not None:
        return [Finding(path, None, why, _REMEDY)]
    return [_refused(path, it) for it in _refused_roles(ports, path, name, manifest)]


def _refused_roles(ports: Ports, path: str, name: str, manifest: Manifest) -> tuple[AskedRole, ...]:
    return refused_roles(
        ports.policy,
        asked_roles(manifest),
        path=path,
        endpoint=name,
        workspace=ports.workspace_name,
        suffix=suffix_of(ports.workspace_id),
    )


def _refused(path: str, asked: AskedRole) -> Finding:
    cause = f"The policy does not let '{path}' ask for role '{asked.role}' at {asked.scope}"
    remedy = "Ask the operator to name it under roles in a rule of SLUICE_POLICY"
    return Finding(path, None, cause, remedy)
