"""The hallway behind the three doors: a request becomes a job, once.

The order of writes is what makes a crash harmless: first the mark (the sweep looks after it), then
the package (so that a request implies what it deploys), then the request. Starting the engine is
the caller's last move; whoever comes again does the same and finds it done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.errors import Finding, Rejected
from shared.domain.intake import Asked
from shared.domain.job import (
    BlobSource,
    DeployRequest,
    Door,
    FolderSource,
    NoSource,
    RunSource,
    Source,
    content_hash,
    job_id,
    stamp,
)
from shared.ports import Ports
from shared.steps.resolve import resolve, run_package


@dataclass(frozen=True)
class Accepted:
    """The job that a request became. `ended`: it has its result, there is nothing to start."""

    job: str
    ended: bool


class KeyReused(Exception):  # noqa: N818 - named as the caller is told
    """The idempotency key stands for another request."""


class SourceMoved(Exception):  # noqa: N818 - named as the caller is told
    """What was to be deployed changed while it was being taken: ask again."""


def accept_asked(
    ports: Ports, asked: Asked, *, door: Door, key: str | None, order: str, by: str = ""
) -> Accepted:
    """Accept what a message or a call asks. `order`: when it was asked, as `stamp` writes it.

    `by`: who asked, where that is known. Raises Rejected, KeyReused, SourceMoved.
    """
    fresh = stamp(ports.now())
    body = content_hash(asked.model_dump(mode="json"))
    held = _held(ports, key, body)
    if held is not None:
        return held
    source, overrides = resolve(ports, asked.source, asked.manifest, key=key or fresh)
    job = job_id(source, overrides)
    if key is not None and (winner := ports.ledger.claim_key(key, job, body)) != (job, body):
        _same(winner[1], body)
        if ports.ledger.request(winner[0]) is not None:
            return _accepted(ports, winner[0])
    return accept(ports, source, overrides, door=door, order=order, by=by)


def accept(
    ports: Ports,
    source: Source,
    overrides: Mapping[str, Any],
    *,
    door: Door,
    order: str,
    by: str = "",
    findings: tuple[Finding, ...] = (),
) -> Accepted:
    """Accept a resolved source. Raises SourceMoved where it is no longer what it was."""
    job = job_id(source, overrides)
    known = ports.ledger.request(job)
    if known is not None and ports.ledger.read(job, "result") is not None:
        return Accepted(job, ended=True)
    ports.ledger.open(job)
    if known is None:
        try:
            _keep(ports, job, source)
        except (Rejected, SourceMoved):
            ports.ledger.close(job)
            raise
        accepted = stamp(ports.now())
        ports.ledger.record_request(
            DeployRequest(
                job=job,
                source=source,
                overrides=dict(overrides),
                door=door,
                order=_ordered(order, accepted),
                accepted=accepted,
                by=by,
                findings=tuple(it.to_dict() for it in findings),
            )
        )
    return Accepted(job, ended=False)


def accept_refused(ports: Ports, text: str, refused: Rejected, *, key: str, order: str) -> Accepted:
    """Make a job of a message that asks for nothing that can be done, so that it has a result."""
    source = NoSource(text=f"{key} {content_hash(text)}")
    return accept(ports, source, {}, door="bus", order=order, findings=refused.findings)


def _held(ports: Ports, key: str | None, body: str) -> Accepted | None:
    """The job that the key stands for already, without looking at the source again."""
    if key is None or (held := ports.ledger.claimed(key)) is None:
        return None
    _same(held[1], body)
    return _accepted(ports, held[0]) if ports.ledger.request(held[0]) is not None else None


def _accepted(ports: Ports, job: str) -> Accepted:
    return Accepted(job, ended=ports.ledger.read(job, "result") is not None)


def _same(held: str, body: str) -> None:
    if held != body:
        raise KeyReused("The idempotency key was used for another request")


def _keep(ports: Ports, job: str, source: Source) -> None:
    """Keep what the source holds now as the job's package."""
    kept = True
    if isinstance(source, BlobSource):
        kept = ports.ledger.keep_blob(job, source.path, source.etag)
    elif isinstance(source, FolderSource):
        kept = ports.ledger.keep_folder(job, source.path, source.files)
    elif isinstance(source, RunSource):
        ports.ledger.keep_package(job, run_package(ports, source))
    if not kept:
        raise SourceMoved(_name(source))


def _ordered(order: str, accepted: str) -> str:
    """Storage tells whole seconds: within one, what was accepted later is newer."""
    when, now = datetime.fromisoformat(order), datetime.fromisoformat(accepted)
    if when.microsecond:
        return order
    within = min(max(now - when, timedelta()), timedelta(microseconds=999_999))
    return stamp(when + within)


def _name(source: Source) -> str:
    return getattr(source, "path", "the request")
