"""Idempotency keys: the same key always means the same job."""

from shared.ports import Ports


class KeyReused(Exception):  # noqa: N818 - named as the caller reads it
    """The idempotency key was used for another request."""


def find_job(ports: Ports, key: str | None, body: str) -> str | None:
    """Find the job that the key is bound to, without looking at the source again.

    Raises KeyReused if the key was used with another body.
    """
    while key is not None:
        found = ports.ledger.find_claim(key)
        if found is None:
            return None
        _same(found[1], body)
        if ports.ledger.request(found[0]) is not None:
            return found[0]
        key = _next(key, found[0])
    return None


def bind_key(ports: Ports, key: str | None, body: str, job: str) -> str:
    """Bind the key to the job, unless it is bound; returns the job that the key is bound to.

    A door that died between key and request leaves a key bound to a job that was never made. If the
    source has changed since, the request now has another job id. That id is bound to a second key,
    derived from the first key and job, so that every retry finds the same job. Raises KeyReused.
    """
    while key is not None:
        bound, bound_body = ports.ledger.claim_key(key, job, body)
        _same(bound_body, body)
        if bound == job or ports.ledger.request(bound) is not None:
            return bound
        key = _next(key, bound)
    return job


def _next(key: str, job: str) -> str:
    return f"{key}\n{job}"


def _same(found: str, body: str) -> None:
    if found != body:
        raise KeyReused("The idempotency key was used for another request")
