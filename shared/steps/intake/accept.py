"""Turn a request from any of the three doors into one job.

The order of the writes makes a crash harmless: first the mark as open (so that the sweep looks
after the job), then the package (so that a recorded request always has one), then the request. The
caller starts the engine last. A retry repeats all of this and finds what is already done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.requests.request import (
    Claim,
    DeployRequest,
    content_hash,
    job_id,
    stamp,
)
from shared.domain.requests.request_body import Asked
from shared.domain.requests.source import FolderSource, NoSource, Source
from shared.ports import Ports
from shared.steps.intake.asked_again import Picked, has_place, join, running_or_next_job
from shared.steps.intake.idempotency_keys import KeyReused, bind_key, find_job
from shared.steps.intake.kept_package import SourceChanged, keep_package
from shared.steps.intake.requester import Requester, take_order
from shared.steps.intake.resolve import resolve

__all__ = [
    "Accepted",
    "KeyReused",
    "Requester",
    "SourceChanged",
    "accept_picked",
    "accept_rejected",
    "accept_request",
    "accept_source",
    "accepted",
]


@dataclass(frozen=True)
class Accepted:
    """The job of a request, or of a decision.

    `ended`: it already has its result, so nothing is to be started. `decided`: it runs, and is to
    be woken, since somebody decided something about it.
    """

    job: str
    ended: bool
    decided: bool = False


def accept_request(ports: Ports, asked: Asked, requester: Requester) -> Accepted:
    """Accept the request of a message or an HTTP call.

    It becomes a new job, unless a job of the same request still runs and no newer one has come for
    its endpoint; the same key is always the same job. Raises Rejected, KeyReused, SourceChanged.
    """
    body = content_hash(asked.identity())
    known = find_job(ports, requester.key, body)
    if known.job is not None:
        return accepted(ports, known.job)
    fresh = requester.key or stamp(ports.now())
    found = resolve(ports, asked.source, asked.manifest, key=fresh)
    source, overrides = found.source, found.overrides
    requester = replace(requester, order=known.order, written=found.written)
    picked = running_or_next_job(ports, source, overrides, requester, force=asked.force)
    return accept_picked(ports, picked, source, overrides, requester, body=body, force=asked.force)


def accept_picked(  # noqa: PLR0913 - each is a part of the request
    ports: Ports,
    picked: Picked,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    body: str,
    force: bool,
    retry_of: str = "",
    content: bytes = b"",
) -> Accepted:
    """Bind the requester's key to the job that was picked, and accept the source unless it runs.

    `body`: the hash of the request; the rest as in `accept_source`. Raises KeyReused, and what
    `accept_source` raises.
    """
    # A new job takes it after the last one has ended, which may have been asked for meanwhile.
    order = picked.order or take_order(ports, requester)
    bound = bind_key(ports, requester.key, Claim(job=picked.job, body=body, order=order))
    if bound.job != picked.job or picked.joined:
        return accepted(ports, bound.job)
    return accept_source(
        ports,
        source,
        overrides,
        replace(requester, order=bound.order),
        job=bound.job,
        force=force,
        retry_of=retry_of,
        content=content,
    )


def accept_source(  # noqa: PLR0913 - each is a part of the request
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    requester: Requester,
    *,
    job: str | None = None,
    findings: tuple[Finding, ...] = (),
    force: bool = False,
    retry_of: str = "",
    content: bytes = b"",
) -> Accepted:
    """Accept a resolved source.

    Args:
        ports: the services.
        source: what to deploy.
        overrides: replace values of its manifest.
        requester: who makes the request.
        job: the job's id; by default derived from source and overrides.
        findings: reasons to reject the job without looking further; no package is kept then.
        force: deploy also content that failed a gate before.
        retry_of: the job that kept the package already.
        content: the zip of an upload.

    Raises:
        SourceChanged: the source is no longer at this version.
        Rejected: the source cannot be copied.
    """
    job = job or job_id(source, overrides)
    known = ports.ledger.request(job)
    if known is not None and ports.ledger.read(job, "result") is not None:
        return Accepted(job, ended=True)
    ports.ledger.open_job(job)
    if known is None:
        if not findings and not retry_of:
            try:
                keep_package(ports, job, source, content)
            except (Rejected, SourceChanged):
                ports.ledger.close_job(job)
                raise
        known = ports.ledger.record_request(
            DeployRequest(
                job=job,
                source=source,
                overrides=dict(overrides),
                door=requester.door,
                order=take_order(ports, requester),
                accepted=stamp(ports.now()),
                by=requester.caller.name,
                roles=requester.caller.roles,
                findings=tuple(it.to_dict() for it in findings),
                message=requester.message,
                force=force,
                retry_of=retry_of,
            )
        )
        if isinstance(source, FolderSource) and not overrides and not retry_of:
            ports.ledger.record_folder(source.path, job_id(source, {}))
    if not has_place(ports, known, requester.order):
        join(ports, job, requester.order)  # an older request has made the job meanwhile
    return Accepted(job, ended=False)


def accept_rejected(ports: Ports, text: str, refused: Rejected, requester: Requester) -> Accepted:
    """Make a job of a message that cannot be carried out, so that its sender gets a result."""
    source = NoSource(text=f"{requester.key} {content_hash(text)}")
    return accept_source(ports, source, {}, requester, findings=refused.findings)


def accepted(ports: Ports, job: str) -> Accepted:
    """The job of a request that was made before."""
    return Accepted(job, ended=ports.ledger.read(job, "result") is not None)
