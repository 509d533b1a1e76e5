"""Where a flow may go: the endpoint's name, whether Azure takes it, and what the policy allows."""

from shared.domain.access.caller import Caller
from shared.domain.access.policy import Placement, refusal, suffix_of, suffixed
from shared.domain.errors import Finding
from shared.domain.identifiers.names import endpoint_name_of, endpoint_name_problem
from shared.domain.identifiers.run_name import endpoint_name_of_run
from shared.domain.manifest import Manifest
from shared.domain.requests.request import DeployRequest, RevisionSource, RunSource
from shared.ports import Ports

_REMEDY = "Ask the operator for a rule in SLUICE_POLICY, or deploy to what is allowed"


def endpoint_name(ports: Ports, request: DeployRequest, manifest: Manifest, path: str) -> str:
    """The one that is named; else the zip's or folder's, with a suffix where the policy says so.

    In lower case, as Azure does not tell cases apart.
    """
    if isinstance(request.source, RevisionSource):
        return request.source.endpoint
    if manifest.endpoint.name is not None:
        return manifest.endpoint.name.lower()
    run = request.source.name if isinstance(request.source, RunSource) else None
    return suffixed(
        ports.policy,
        path=path,
        name=(endpoint_name_of(path) if run is None else endpoint_name_of_run(run)).lower(),
        workspace=ports.workspace_name,
        suffix=suffix_of(ports.workspace_id),
    )


def placement(ports: Ports, path: str, endpoint: str, caller: Caller | None) -> Placement:
    """What the policy is asked about."""
    return Placement(path, endpoint, ports.workspace_name, suffix_of(ports.workspace_id), caller)


def placing_findings(ports: Ports, place: Placement, manifest: Manifest) -> list[Finding]:
    """Whether Azure takes the name, and the operator the place."""
    path, name = place.path, place.endpoint
    if (problem := endpoint_name_problem(name)) is not None:
        remedy = "Rename the zip or folder, or set endpoint.name in deploy.yaml"
        return [Finding(path, None, problem, remedy)]
    why = refusal(ports.policy, place)
    if why is not None:
        return [Finding(path, None, why, _REMEDY)]
    dropped = endpoint_name_of(path)
    if manifest.endpoint.name is None and dropped != name and dropped.lower() == name:
        cause = f"'{dropped}' is deployed to endpoint '{name}': names have no capitals in Azure ML"
        return [Finding(path, None, cause, "Nothing needs to be done", "warning")]
    return []


def refused_finding(place: Placement, what: str, field: str) -> Finding:
    """What the policy does not let a flow do, and the field of a rule that would."""
    remedy = f"Ask the operator to name it under {field} in a rule of SLUICE_POLICY"
    return Finding(place.path, None, f"The policy does not let '{place.path}' {what}", remedy)
