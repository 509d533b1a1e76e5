"""Keeps content away from an endpoint where it failed a gate."""

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.requests.request import DeployRequest
from shared.ports import Ports


def quarantine_findings(
    ports: Ports, request: DeployRequest, endpoint: str, digest: str
) -> Iterator[Finding]:
    """A finding with the verdict, unless the request forces the deployment. One read."""
    kept = None if request.force else ports.ledger.quarantined(endpoint, digest)
    if kept is None:
        return
    cause = (
        f"This content failed a gate on its way to '{endpoint}' at {kept['at'][:16]} UTC "
        f"(job {kept['job']}): {kept['words']}"
    )
    remedy = (
        "Mend the flow; to deploy the same content all the same, set force: true in the request "
        "(sluice drop --force)"
    )
    yield Finding(str(getattr(request.source, "path", "")), None, cause, remedy)
