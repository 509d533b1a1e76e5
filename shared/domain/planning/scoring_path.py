"""Whether a new deployment answers at the path that callers ask. Pure.

Azure passes the path of a request on to the deployment as it is, and sets the endpoint's scoring
URI to the scoring route of the deployment that was made last. Source: 'Use a custom container to
deploy a model to an online endpoint', 'Scoring route'. So callers of the former URI get the new
container's 404 as soon as it has traffic.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.domain.errors import Finding
from shared.domain.planning.step import Observed, live
from shared.domain.release.release import Release


def path_findings(release: Release, observed: Observed) -> Iterator[Finding]:
    """Refuse another path than the one that serves, unless the manifest wants no contract."""
    if (
        cause := _moved(release, observed)
    ) is not None and release.comparison.contract is not False:
        served = _served(observed)
        remedy = (
            f"Answer at {served} as well, and name it as scoring_route; or deploy to another "
            "endpoint name. comparison: {contract: false} lets it pass"
        )
        yield Finding("manifest", None, cause, remedy)


def path_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Warn of another path where the manifest wants no contract."""
    if (cause := _moved(release, observed)) is not None:
        yield cause


def _moved(release: Release, observed: Observed) -> str | None:
    served, then = _served(observed), release.scored_at
    if served in {None, then}:
        return None
    return (
        f"Callers ask {served}, and the new deployment answers at {then}: they would get 404 once "
        "it has traffic, since Azure passes the path on as it is"
    )


def _served(observed: Observed) -> str | None:
    """Return the path that callers ask; None if no deployment has traffic."""
    endpoint = observed.endpoint
    if endpoint is None or not live(endpoint.traffic):
        return None
    return urlsplit(endpoint.scoring_uri).path or None
