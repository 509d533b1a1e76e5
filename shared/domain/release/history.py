"""Find an earlier release in the history of an endpoint. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

type Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Released:
    """A release's job, what it made, the job that kept its package, and the kind of that.

    Releases of before there were kinds are of prompt flow.
    """

    job: str
    deployment: str
    digest: str
    package: str
    kind: str = "prompt_flow"


def released_of(entry: Entry) -> Released:
    """Read what the list of an endpoint's releases says of one."""
    given = {
        field.name: str(entry[field.name]) for field in fields(Released) if field.name in entry
    }
    return Released(**given)


def previous_good(releases: Sequence[Entry]) -> Entry | None:
    """Return the release to roll back to, or None if there is none.

    A rollback counts as the release that it restored: what a person rolled back is passed over,
    and a second rollback goes one release further back.

    Args:
        releases: the endpoint's releases as the ledger has them, newest first.
    """
    place = _restored(releases, 0)
    if place is None:
        return None
    serving = version(releases[place])
    return next((it for it in releases[place + 1 :] if version(it) != serving), None)


def version(entry: Entry) -> str:
    """The hash of all that the release requested, apart from the instance count.

    Entries of older ledgers have it only in the deployment's name.
    """
    return str(entry.get("asked") or str(entry["deployment"]).removeprefix("d-"))


def _restored(releases: Sequence[Entry], place: int) -> int | None:
    """The place of the first release that a rollback, or a chain of them, restored."""
    while place < len(releases) and releases[place].get("rollback"):
        wanted = version(releases[place])
        older = range(place + 1, len(releases))
        found = next((it for it in older if version(releases[it]) == wanted), None)
        if found is None:
            return None
        place = found
    return place if place < len(releases) else None
