"""Removes from the ledger what is never read again."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import batched

from shared.adapters.ledger.asked import ORDER
from shared.adapters.ledger.job_list import LISTED, entry_path, job_page
from shared.adapters.ledger.store import BlobStore
from shared.domain.requests.request import DeployRequest, JobPage, newest_first, order_key

_PLACE = "sweep/forgetting.json"
_RECORDS = ("keys/", "letters/")
_PAGE = 1_000
# Azure deletes so many blobs in one call.
_BATCH = 256


class Forgetting:
    """Old jobs, found by the days in the names of the list of jobs; and records without a job."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    def old_jobs(self, before: str, limit: int, after: str | None) -> JobPage:
        """One call; one more if there are jobs of an earlier day."""
        last, _, marker = (after or "").partition(" ")
        newest = newest_first(before)[:8]
        # The names are inverted, so the oldest day sorts last.
        for day in sorted(self._store.folders(LISTED, "T"), reverse=True):
            goes_on = day == last and marker
            if day <= newest or (last and day >= last and not goes_on):
                continue
            page = job_page(self._store, f"{LISTED}{day}T", limit, marker if goes_on else None)
            more = f"{day} {page.more}" if page.more else day
            return page.model_copy(update={"more": more})
        return JobPage(jobs=())

    def forget_job(self, request: DeployRequest, endpoint: str) -> None:
        """Four lists, one call for each 256 blobs, and two more.

        The request and then the entry in the list go last: a job that a crash left half forgotten
        is found again.
        """
        job = request.job
        blobs = [
            f"{folder}/{job}/{name}"
            for folder in ("jobs", "packages", "asked", "again")
            for name in self._store.names(f"{folder}/{job}/")
        ]
        again = f"asked/{job}/{ORDER}"
        orders = (request.order, *(it.removeprefix(again) for it in blobs if it.startswith(again)))
        for order in orders if endpoint else ():
            blobs.append(f"endpoints/{endpoint}/queue/{newest_first(order)}~{job}")
            blobs.append(f"endpoints/{endpoint}/releases/{order_key(order)}~{job}.json")
        self._delete(blobs)
        self._store.delete(f"requests/{job}.json")
        self.forget_entry(job, request.accepted)

    def forget_entry(self, job: str, accepted: str) -> None:
        """One call."""
        self._store.delete(entry_path(accepted, job))

    def forget_records(self, before: datetime, after: str | None) -> str | None:
        """One call, and one for each 256 records that go; a thousand are looked at."""
        place, _, marker = (after or _RECORDS[0]).partition(" ")
        blobs, more = self._store.written(place, _PAGE, marker or None)
        self._delete(path for path, at in blobs if at < before)
        if more:
            return f"{place} {more}"
        following = _RECORDS.index(place) + 1
        return _RECORDS[following] if following < len(_RECORDS) else None

    def forgetting(self) -> dict[str, str]:
        """One call."""
        return dict(json.loads(self._store.read(_PLACE) or b"{}"))

    def record_forgetting(self, place: Mapping[str, str]) -> None:
        """One call."""
        self._store.replace(_PLACE, json.dumps(dict(place)).encode())

    def _delete(self, paths: Iterable[str]) -> None:
        for some in batched(paths, _BATCH, strict=False):
            self._store.delete_all(some)
