"""Accept a zip that comes in the body of an HTTP call.

It becomes the job's package at once and never a blob of the flows container, so no event makes a
second job of it.
"""

import hashlib
from dataclasses import replace

from shared.domain.access.policy import Placement, refused_caller
from shared.domain.errors import rejected
from shared.domain.identifiers.paths import BlobPath
from shared.domain.requests.request import content_hash
from shared.domain.requests.source import UploadSource
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, Requester, accept_picked, accepted
from shared.steps.intake.asked_again import running_or_next_job
from shared.steps.intake.idempotency_keys import find_job


def accept_upload(ports: Ports, path: BlobPath, content: bytes, requester: Requester) -> Accepted:
    """Accept the zip as if it were dropped at the path, by the caller.

    It becomes a new job, unless a job of the same bytes and path still runs; the same key is always
    the same job. Raises Rejected if the policy lets the caller deploy nothing there; KeyReused.
    """
    if not path.lower().endswith(".zip"):
        raise rejected(path, "An upload is one zip", "Name a path that ends with .zip")
    place = Placement(path, "", ports.workspace_name, caller=requester.caller)
    if (why := refused_caller(ports.policy, place)) is not None:
        raise rejected(
            path, why, "Ask the operator for a rule in SLUICE_POLICY, or name another path"
        )
    source = UploadSource(path=path, sha256=hashlib.sha256(content).hexdigest())
    body = content_hash(source.model_dump(mode="json"))
    known = find_job(ports, requester.key, body)
    if known.job is not None:
        return accepted(ports, known.job)
    requester = replace(requester, order=known.order)
    picked = running_or_next_job(ports, source, {}, requester)
    return accept_picked(
        ports, picked, source, {}, requester, body=body, force=False, content=content
    )
