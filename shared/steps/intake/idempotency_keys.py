"""Idempotency keys: the same key is the same job, for ever."""

from shared.ports import Ports


class KeyReused(Exception):  # noqa: N818 - named as the caller is told
    """The idempotency key stands for another request."""


def held(ports: Ports, key: str | None, body: str) -> str | None:
    """The job that the key stands for already, without looking at the source again.

    Raises KeyReused where the key was used with another body.
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


def bind(ports: Ports, key: str | None, body: str, job: str) -> str:
    """Let the key stand for the job; the job that it does stand for.

    A door that died between key and request leaves a key whose job never was. If its source has
    changed since, the job is another now: then a key that is derived from both stands for it, so
    that whoever comes again finds that one and no third. Raises KeyReused.
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
