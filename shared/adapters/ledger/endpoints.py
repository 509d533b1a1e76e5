"""The ledger's records of endpoints: jobs that want to change them, releases, what is kept off."""

import json
from functools import cached_property
from itertools import islice
from typing import Any

from shared.adapters.ledger.store import BlobStore
from shared.domain.release.history import Released, released_of
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import Queued, newest_first, order_key
from shared.ports import Json

_REMEMBERED = 50
# Marks of the newest jobs that a new one looks at: a job may have several.
_LOOKED_AT = 10
# The first records of an endpoint, which a look for its newest job reads.
_FIRST = 20
# What the metadata of a release says, so that a list needs not read it.
_MADE = frozenset({"job", "deployment", "digest", "package"})
_QUEUE, _HOLD = "queue/", "hold.json"


class Endpoints:
    """All under `endpoints/{endpoint}/`.

    `queue/{order, inverted}~{job}`, `releases/{order}~{job}.json`,
    `quarantine/{digest}.json`, `hold.json`.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def queue_job(self, endpoint: str, job: str, order: str) -> Queued:
        """Two calls."""
        prefix = f"endpoints/{endpoint}/{_QUEUE}"
        added = self._store.create(f"{prefix}{newest_first(order)}~{job}")
        names = islice(self._store.names(prefix, most=_LOOKED_AT), _LOOKED_AT)
        newest, *older = (_job_of(it) for it in names)
        before = (it for it in older if added and newest == job and it != job)
        return Queued(newest, tuple(islice(before, 1)))

    def newest_job(self, endpoint: str) -> str | None:
        """One call, two if the endpoint has many quarantines.

        The list begins with the hold; then come the quarantines, and the queue with the newest
        name first.
        """
        prefix = f"endpoints/{endpoint}/"
        names = list(islice(self._store.names(prefix, most=_FIRST), _FIRST))
        self._store.listed.note(prefix, dict.fromkeys(names, 0))
        newest = next((it for it in names if it.startswith(_QUEUE)), None)
        if newest is None and len(names) == _FIRST and names[-1] < _QUEUE:
            newest = next(self._store.names(f"{prefix}{_QUEUE}", most=1), None)
        return None if newest is None else _job_of(newest)

    def record_release(self, endpoint: str, order: str, release: Json) -> None:
        name = f"{order_key(order)}~{release['job']}.json"
        made = {it: str(release[it]) for it in (*_MADE, "kind") if it in release}
        self._store.create_json(f"endpoints/{endpoint}/releases/{name}", release, made)

    def releases(self, endpoint: str) -> tuple[dict[str, Any], ...]:
        """The fifty newest. One call for their names, and one per release."""
        found = (self._store.json(path) for path in self._newest(endpoint)[:_REMEMBERED])
        return tuple(release for release in found if release is not None)

    def released(self, endpoint: str) -> tuple[Released, ...]:
        """One call, and one for each release that an older version recorded, without metadata."""
        found = [
            (name, folder + name, made)
            for folder in self._release_folders(endpoint)
            for name, made in self._store.metadata(folder)
        ]
        newest = sorted(found, reverse=True, key=lambda it: it[:2])[:_REMEMBERED]
        known = (made if made.keys() >= _MADE else self._store.json(it) for _, it, made in newest)
        return tuple(released_of(it) for it in known if it)

    def last_release(self, endpoint: str) -> dict[str, Any] | None:
        """Two calls."""
        newest = self._newest(endpoint)[:1]
        return self._store.json(newest[0]) if newest else None

    def _newest(self, endpoint: str) -> list[str]:
        """The paths of all releases, newest first."""
        folders = self._release_folders(endpoint)
        paths = [(name, folder + name) for folder in folders for name in self._store.names(folder)]
        return [path for _, path in sorted(paths, reverse=True)]

    def _release_folders(self, endpoint: str) -> list[str]:
        names = (endpoint, *self._former.get(endpoint, ()))
        return [f"endpoints/{it}/releases/" for it in names]

    def hold(self, endpoint: str, *, listed: bool = False) -> Hold | None:
        """One call; none if a list has just shown that there is no hold."""
        if listed and self._store.listed.lacks(f"endpoints/{endpoint}/", _HOLD):
            return None
        content = self._store.read(_hold_path(endpoint))
        return None if content is None else Hold.model_validate_json(content)

    def set_hold(self, endpoint: str, hold: Hold, *, over: Hold | None) -> bool:
        """One call, two if the endpoint is held."""
        path, content = _hold_path(endpoint), hold.model_dump_json().encode()
        if over is None:
            return self._store.create(path, content)
        found = self._store.read_version(path)
        if found is None or Hold.model_validate_json(found[0]) != over:
            return False
        return self._store.replace_version(path, content, found[1])

    def clear_hold(self, endpoint: str) -> None:
        self._store.delete(_hold_path(endpoint))

    def quarantine(self, endpoint: str, digest: str, verdict: Json) -> None:
        """One call."""
        content = json.dumps(verdict, ensure_ascii=False).encode()
        self._store.replace(_quarantine(endpoint, digest), content)

    def quarantined(self, endpoint: str, digest: str) -> dict[str, Any] | None:
        """One call; not from memory, since it changes."""
        content = self._store.read(_quarantine(endpoint, digest))
        return None if content is None else dict(json.loads(content))

    def end_quarantine(self, endpoint: str, digest: str) -> None:
        """One call."""
        self._store.delete(_quarantine(endpoint, digest))

    @cached_property
    def _former(self) -> dict[str, list[str]]:
        """Names with capitals, from when the ledger was case-sensitive; read once, none is new."""
        found = dict[str, list[str]]()
        for written in self._store.folders("endpoints/"):
            if written != written.lower():
                found.setdefault(written.lower(), []).append(written)
        return found


def _job_of(mark: str) -> str:
    return mark.partition("~")[2]


def _hold_path(endpoint: str) -> str:
    return f"endpoints/{endpoint}/{_HOLD}"


def _quarantine(endpoint: str, digest: str) -> str:
    return f"endpoints/{endpoint}/quarantine/{digest}.json"
