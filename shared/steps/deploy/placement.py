"""The endpoint that a flow goes to: its name, Azure's rules for it, and the operator's policy."""

from shared.domain.access.caller import Caller
from shared.domain.access.policy import (
    Placement,
    refusal,
    refused_caller,
    suffix_of,
    suffixed,
)
from shared.domain.errors import Finding, rejected
from shared.domain.identifiers.names import endpoint_name_of, naming_findings
from shared.domain.identifiers.run_name import endpoint_name_of_run
from shared.domain.manifest import Manifest
from shared.domain.requests.request import DeployRequest
from shared.domain.requests.source import RevisionSource, RunSource
from shared.ports import Ports

_REMEDY = "Ask the operator for a rule in SLUICE_POLICY, or deploy to what is allowed"


def endpoint_name(ports: Ports, request: DeployRequest, manifest: Manifest, path: str) -> str:
    """The endpoint named in the request or manifest, else the name of the zip or folder.

    The policy may add a suffix to the latter. In lower case, since Azure ignores case.
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
    """The placement that the policy is checked against."""
    return Placement(path, endpoint, ports.workspace_name, suffix_of(ports.workspace_id), caller)


def placement_findings(ports: Ports, place: Placement, manifest: Manifest) -> list[Finding]:
    """Findings if Azure does not accept the name or the policy does not allow the endpoint."""
    named = manifest.endpoint.name is not None
    told = naming_findings(place.path, place.endpoint, named=named)
    if any(it.severity == "error" for it in told):
        return list(told)
    why = refusal(ports.policy, place)
    return list(told) if why is None else [Finding(place.path, None, why, _REMEDY)]


def require_allowed(ports: Ports, place: Placement, what: str) -> None:
    """Raise Rejected, about `what`, if the policy does not let the caller deploy there.

    While the endpoint is not known yet, a rule for the folder must allow the caller.
    """
    why = refusal(ports.policy, place) if place.endpoint else refused_caller(ports.policy, place)
    if why is not None:
        raise rejected(what, why, "Ask the operator for a rule")


def policy_refusal(place: Placement, what: str, field: str) -> Finding:
    """The finding for what the policy does not let a flow do. `field`: the rule's field for it."""
    remedy = f"Ask the operator to name it under {field} in a rule of SLUICE_POLICY"
    return Finding(place.path, None, f"The policy does not let '{place.path}' {what}", remedy)
