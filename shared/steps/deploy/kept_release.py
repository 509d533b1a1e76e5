"""The release that a step works on."""

from shared.domain.release.release import Release, from_json
from shared.ports import Ports


def release_of(ports: Ports, job: str) -> Release:
    """The job's release, which `prepare` kept. Raises LookupError before that."""
    kept = ports.ledger.read(job, "release")
    if kept is None:
        raise LookupError(f"Job {job} has no release")
    return from_json(kept)
