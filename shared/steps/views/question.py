"""Ask an endpoint one question for a caller who has no key of it: a try, not a way to serve.

The key or token stays here: it is not in the answer, not even where the endpoint repeats it.
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.access.caller import Caller
from shared.domain.azure.endpoint import EndpointState
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import DeploymentName, EndpointName
from shared.ports import Answer, Ports
from shared.steps.deploy.placement import placement, require_allowed

SECONDS = 60.0
"""A call holds a thread that jobs need, too; a slower flow is asked with `sluice invoke`."""

Shown = dict[str, Any]


def ask_endpoint(
    ports: Ports,
    name: EndpointName,
    question: Mapping[str, Any],
    deployment: DeploymentName | None,
    caller: Caller,
) -> Shown | None:
    """Send the question to an endpoint, or to one deployment behind it; None if it is not there.

    Whatever the endpoint answers is shown, with its status; `status` is None if it gave no complete
    answer in time. Raises Rejected if the policy does not let the caller deploy there.
    """
    endpoint = ports.workspace.endpoint(name)
    if endpoint is None:
        return None
    releases = ports.ledger.releases(name)
    path = str(releases[0]["path"]) if releases else ""
    require_allowed(ports, placement(ports, path, name, caller), f"endpoint {name}")
    answer, credential = _asked(ports, endpoint, question, deployment, fresh=False)
    if answer.status == 401:  # the key may be another one by now
        answer, credential = _asked(ports, endpoint, question, deployment, fresh=True)
    shown = {
        "endpoint": name,
        "deployment": deployment,
        "status": answer.status or None,
        "model_status": answer.model_status,
        "reason": answer.reason,
        "media_type": answer.media_type,
        "seconds": round(answer.seconds, 3),
        "body": answer.body,
        "complete": answer.complete,
        "problem": answer.problem,
    }
    return _without(credential, shown)


def _asked(
    ports: Ports,
    endpoint: EndpointState,
    question: Mapping[str, Any],
    deployment: str | None,
    *,
    fresh: bool,
) -> tuple[Answer, str]:
    """The answer, or one without a status; and the key or token that it was asked with."""
    credential = ports.workspace.credential(endpoint.name, endpoint.auth_mode, fresh=fresh)
    uri, limit = endpoint.scoring_uri, SECONDS
    try:
        answer = ports.scoring.score(
            uri, credential, question, deployment=deployment, timeout=limit
        )
    except Unavailable as silent:
        seconds = limit if silent.code == "Timeout" else 0.0
        answer = Answer(0, None, seconds, media_type="", complete=False, problem=str(silent))
    return answer, credential


def _without(credential: str, shown: Shown) -> Shown:
    """The same without the credential, of which no character is written otherwise in JSON."""
    text = json.dumps(shown)
    if not credential or credential not in text:
        return shown
    cleaned: Shown = json.loads(text.replace(credential, "***"))
    return cleaned
