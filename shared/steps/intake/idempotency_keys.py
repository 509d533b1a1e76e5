"""Idempotency keys: the same key always means the same job."""

from dataclasses import dataclass

from shared.domain.requests.request import Claim
from shared.ports import Ports
from shared.steps.intake.asked_again import has_place, join


class KeyReused(Exception):  # noqa: N818 - named as the caller reads it
    """The idempotency key was used for another request."""


@dataclass(frozen=True)
class Known:
    """What is known of a key.

    Attributes:
        job: its job, None if there is none yet.
        order: the place of the first call with this key; empty if this is the first.
    """

    job: str | None
    order: str = ""


def find_job(ports: Ports, key: str | None, body: str) -> Known:
    """Find the job that the key is bound to, without looking at the source again.

    Raises KeyReused if the key was used with another body.
    """
    order = ""
    while key is not None:
        claim = ports.ledger.find_claim(key)
        if claim is None:
            break
        _same(claim, body)
        if _is_made(ports, claim):
            return Known(claim.job, claim.order)
        order = order or claim.order
        key = _next(key, claim.job)
    return Known(None, order)


def bind_key(ports: Ports, key: str | None, claim: Claim) -> Claim:
    """Bind the key, unless it is bound; returns what the key is bound to.

    A door that died between key and request leaves a key bound to a job that was never made. If the
    source has changed since, the request now has another job id. That id is bound to a second key,
    derived from the first key and job, so that every retry finds the same job. Raises KeyReused.
    """
    while key is not None:
        bound = ports.ledger.claim_key(key, claim)
        _same(bound, claim.body)
        if bound.job == claim.job or _is_made(ports, bound):
            return bound
        key = _next(key, bound.job)
    return claim


def _is_made(ports: Ports, claim: Claim) -> bool:
    """True if the job exists, and has the place of the call that bound the key.

    After a door has died, an older request may have made the job, which then has an older place.
    """
    request = ports.ledger.request(claim.job)
    if request is None:
        return False
    return has_place(ports, request, claim.order) or join(ports, claim.job, claim.order)


def _next(key: str, job: str) -> str:
    return f"{key}\n{job}"


def _same(found: Claim, body: str) -> None:
    if found.body != body:
        raise KeyReused("The idempotency key was used for another request")
