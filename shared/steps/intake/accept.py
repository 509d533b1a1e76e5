"""The hallway behind the three doors: a request becomes a job, once.

The order of writes is what makes a crash harmless: first the mark (the sweep looks after it), then
the package (so that a request implies what it deploys), then the request. Starting the engine is
the caller's last move; whoever comes again does the same and finds it done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.access.caller import NOBODY, Caller
from shared.domain.errors import Finding, Rejected
from shared.domain.requests.request import (
    DeployRequest,
    Door,
    FolderSource,
    MessageName,
    NoSource,
    Source,
    content_hash,
    job_id,
    make_order,
    stamp,
)
from shared.domain.requests.request_body import Asked
from shared.ports import Ports
from shared.steps.intake.asked_again import same_job
from shared.steps.intake.idempotency_keys import KeyReused, bind, held
from shared.steps.intake.kept_package import SourceMoved, keep
from shared.steps.intake.resolve import resolve

__all__ = [
    "Accepted",
    "Asker",
    "KeyReused",
    "SourceMoved",
    "accept",
    "accept_asked",
    "accept_refused",
]


@dataclass(frozen=True)
class Accepted:
    """The job that a request became. `ended`: it has its result, there is nothing to start."""

    job: str
    ended: bool


@dataclass(frozen=True)
class Asker:
    """Who asks, and when.

    Attributes:
        door: the door that it came through.
        key: the idempotency key; None where there is none.
        asked: when by Azure's clock, ISO 8601 with its fraction; None for now.
        caller: the person, where that is known.
        message: the message that asks, where one does.
    """

    door: Door
    key: str | None = None
    asked: str | None = None
    caller: Caller = NOBODY
    message: MessageName | None = None


def accept_asked(ports: Ports, asked: Asked, asker: Asker) -> Accepted:
    """Accept what a message or a call asks: a new job, unless the same request's still runs.

    Only the same key is the same job for ever. Raises Rejected, KeyReused, SourceMoved.
    """
    body = content_hash(asked.model_dump(mode="json"))
    known = held(ports, asker.key, body)
    if known is not None:
        return _accepted(ports, known)
    fresh = asker.key or stamp(ports.now())
    source, overrides = resolve(ports, asked.source, asked.manifest, key=fresh)
    job = same_job(ports, source, overrides)
    bound = bind(ports, asker.key, body, job)
    if bound != job:
        return _accepted(ports, bound)
    return accept(ports, source, overrides, asker, job=job)


def accept(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    asker: Asker,
    *,
    job: str | None = None,
    findings: tuple[Finding, ...] = (),
) -> Accepted:
    """Accept a resolved source. Raises SourceMoved where it is no longer what it was, Rejected.

    Args:
        ports: the world.
        source: what to deploy.
        overrides: what goes over its manifest.
        asker: who asks.
        job: its id, where it is not that of its source and overrides.
        findings: why it is rejected without looking further; then no package is kept.
    """
    job = job or job_id(source, overrides)
    known = ports.ledger.request(job)
    if known is not None and ports.ledger.read(job, "result") is not None:
        return Accepted(job, ended=True)
    opened = ports.ledger.open_job(job)
    if known is None:
        if not findings:
            try:
                keep(ports, job, source)
            except (Rejected, SourceMoved):
                ports.ledger.close_job(job)
                raise
        accepted = stamp(ports.now())
        ports.ledger.record_request(
            DeployRequest(
                job=job,
                source=source,
                overrides=dict(overrides),
                door=asker.door,
                order=make_order(asker.asked or opened, _within(asker, accepted)),
                accepted=accepted,
                by=asker.caller.name,
                roles=asker.caller.roles,
                findings=tuple(it.to_dict() for it in findings),
                message=asker.message,
            )
        )
        if isinstance(source, FolderSource) and not overrides:
            ports.ledger.record_folder(source.path, job_id(source, {}))
    return Accepted(job, ended=False)


def accept_refused(ports: Ports, text: str, refused: Rejected, asker: Asker) -> Accepted:
    """Make a job of a message that asks for nothing that can be done, so that it has a result."""
    source = NoSource(text=f"{asker.key} {content_hash(text)}")
    return accept(ports, source, {}, asker, findings=refused.findings)


def _within(asker: Asker, accepted: str) -> str:
    """What orders it within its second: messages by when they were sent, all else by arrival."""
    return asker.asked if asker.message is not None and asker.asked else accepted


def _accepted(ports: Ports, job: str) -> Accepted:
    return Accepted(job, ended=ports.ledger.read(job, "result") is not None)
