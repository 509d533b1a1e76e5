"""Sends one request to an endpoint, with the release's limit of time."""

from collections.abc import Mapping
from typing import Any

from shared.domain.failure import Unavailable
from shared.domain.release.release import Release
from shared.ports import Answer, Ports

# Seconds more than the request timeout, in which the endpoint's front can answer 408 itself.
_MARGIN = 5.0


def ask(
    ports: Ports,
    release: Release,
    uri: str,
    credential: str,
    body: Mapping[str, Any],
    *,
    deployment: str | None,
    accept: str | None = None,
) -> Answer:
    """Return the answer; one that does not come in time is a 408.

    `deployment`, `accept`: as in `Scoring.score`. Raises AzureFailure if the endpoint itself does
    not answer.
    """
    limit = release.deployment.request_settings.request_timeout
    try:
        return ports.scoring.score(
            uri, credential, body, deployment=deployment, timeout=limit + _MARGIN, accept=accept
        )
    except Unavailable as failure:
        if failure.code != "Timeout":
            raise
        return Answer(408, failure.message, limit)
