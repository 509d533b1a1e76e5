"""The ledger in memory."""

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.domain.errors import rejected
from shared.domain.failure import AzureFailure
from shared.domain.jobs.decision import Decision
from shared.domain.release.history import Released, released_of
from shared.domain.requests.due import Due
from shared.domain.requests.hold import Hold
from shared.domain.requests.request import (
    Claim,
    DeployRequest,
    JobPage,
    JobSummary,
    Joined,
    MessageName,
    Queued,
    order_key,
    summary,
)
from shared.domain.requests.source import FileVersion
from shared.package.folder import check_packed
from shared.ports import Json
from tests.fakes.faults import Breakable, breakable
from tests.fakes.flows import FakeFlows


class FakeLedger(Breakable):
    """Keeps documents as JSON would, and copies packages from the flows."""

    def __init__(self, flows: FakeFlows | None = None) -> None:
        super().__init__()
        self._flows = flows or FakeFlows()
        self._again: dict[str, int] = {}
        self._refused: dict[str, AzureFailure | None] = {}
        self._joined: dict[str, dict[str, MessageName]] = {}
        self._orders: dict[str, list[str]] = {}
        self._swept: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._marks: dict[str, int] = {}
        self._count = itertools.count()
        self._requests: dict[str, DeployRequest] = {}
        self._summaries: dict[str, JobSummary] = {}
        self._packages: dict[str, dict[str, bytes]] = {}
        self._documents: dict[tuple[str, str], str] = {}
        self._events: dict[str, list[str]] = {}
        self._keys: dict[str, Claim] = {}
        self._wanted: dict[str, tuple[str, str]] = {}
        self._quarantine: dict[tuple[str, str], str] = {}
        self._letters: dict[tuple[str, str], str] = {}
        self._drift = "{}"
        self._due = set[Due]()
        self._due_indexed = False
        self._forgetting: dict[str, str] = {}
        self._releases: dict[str, dict[tuple[str, str], str]] = {}
        self._decisions: dict[str, dict[str, Decision]] = {}
        self._holds: dict[str, Hold] = {}

    @breakable
    def open_job(self, job: str) -> None:
        self._marks.setdefault(job, next(self._count))

    @breakable
    def take_number(self) -> tuple[str, int]:
        return self._flows.clock(), next(self._count)

    @breakable
    def close_job(self, job: str) -> None:
        self._marks.pop(job, None)

    @breakable
    def open_jobs(self) -> tuple[str, ...]:
        return tuple(sorted(self._marks, key=self._marks.__getitem__))

    @breakable
    def keep_blob(self, job: str, path: str, etag: str) -> bool:
        return self._keep(job, {"package.zip": (path, etag)})

    @breakable
    def keep_folder(self, job: str, path: str, files: Sequence[FileVersion]) -> bool:
        assert path.endswith("/"), path
        return self._keep(
            job,
            {f"package/{file.path.removeprefix(path)}": (file.path, file.etag) for file in files},
        )

    @breakable
    def keep_package(self, job: str, content: bytes) -> None:
        self._packages.setdefault(job, {"package.zip": content})

    @breakable
    def fetch_package(self, job: str, into: Path) -> Path:
        kept = self._packages[job]
        check_packed(len(kept.get("package.zip", b"")))
        for name, content in kept.items():
            if ".." in name.split("/") or any(other.startswith(f"{name}/") for other in kept):
                raise rejected(name, "This path cannot be one on disk")
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return into / next(iter(kept)).partition("/")[0]

    @breakable
    def record_request(self, request: DeployRequest) -> DeployRequest:
        self._summaries.setdefault(request.job, summary(request))
        return self._requests.setdefault(request.job, request)

    @breakable
    def request(self, job: str) -> DeployRequest | None:
        return self._requests.get(job)

    @property
    def requests(self) -> tuple[DeployRequest, ...]:
        """Return every request, in order of recording."""
        return tuple(self._requests.values())

    @breakable
    def repeat_count(self, job: str) -> int:
        return self._again.get(job, 0)

    @breakable
    def record_repeat(self, job: str, count: int) -> None:
        self._again[job] = max(count, self._again.get(job, 0))

    @breakable
    def add_message(self, job: str, message: MessageName) -> None:
        self._joined.setdefault(job, {}).setdefault(message.id, message)

    @breakable
    def ask_again(self, job: str, order: str) -> None:
        self._orders.setdefault(job, []).append(order)

    @breakable
    def joined(self, job: str) -> Joined:
        return Joined(
            messages=tuple(self._joined.get(job, {}).values()),
            order=max(self._orders.get(job, ()), key=order_key, default=""),
        )

    @breakable
    def last_sweep(self) -> dict[str, str]:
        return dict(self._swept)

    @breakable
    def record_sweep(self, seen: Mapping[str, str]) -> None:
        self._swept = dict(seen)

    @breakable
    def known_folders(self) -> dict[str, str]:
        return dict(self._folders)

    @breakable
    def record_folder(self, path: str, job: str) -> None:
        self._folders[path] = job

    @breakable
    def forget_folder(self, path: str) -> None:
        self._folders.pop(path, None)

    @breakable
    def jobs(self, limit: int = 100, after: str | None = None) -> JobPage:
        newest = sorted(
            self._summaries.values(),
            key=lambda known: (order_key(known.accepted), known.job),
            reverse=True,
        )
        first = int(after or 0)
        more = str(first + limit) if len(newest) > first + limit else None
        return JobPage(jobs=tuple(newest[first : first + limit]), more=more)

    @breakable
    def set_state(self, job: str, state: str, endpoint: str) -> None:
        self._summaries[job] = self._summaries[job].model_copy(
            update={"state": state, "endpoint": endpoint}
        )

    @breakable
    def find_claim(self, key: str) -> Claim | None:
        return self._keys.get(key)

    @breakable
    def claim_key(self, key: str, claim: Claim) -> Claim:
        return self._keys.setdefault(key, claim)

    @breakable
    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        return _plain(self._documents.setdefault((job, name), json.dumps(document)))

    @breakable
    def list_documents(self, job: str) -> None:
        """Nothing to keep: the fake reads for nothing."""

    @breakable
    def read(self, job: str, name: str, *, listed: bool = False) -> dict[str, Any] | None:
        del listed
        written = self._documents.get((job, name))
        return None if written is None else _plain(written)

    @breakable
    def append_events(self, job: str, events: Sequence[Json]) -> None:
        for event in events:
            self._append(job, event)

    @breakable
    def append_after(self, job: str, seen: Sequence[Json], events: Sequence[Json]) -> bool:
        if [json.dumps(it) for it in seen] != self._events.get(job, []):
            return False
        for event in events:
            self._append(job, event)
        return True

    def seen_timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        return tuple(_plain(event) for event in self._events.get(job, []))

    def _append(self, job: str, event: Json) -> None:
        events = self._events.setdefault(job, [])
        if events[-1:] != [json.dumps(event)]:
            events.append(json.dumps(event))

    @breakable
    def timeline(self, job: str, *, listed: bool = False) -> tuple[dict[str, Any], ...]:
        del listed
        return tuple(_plain(event) for event in self._events.get(job, []))

    @breakable
    def queue_job(self, endpoint: str, job: str, order: str) -> Queued:
        wanted = (order_key(order), job)
        before = self._wanted.get(endpoint, wanted)
        self._wanted[endpoint] = newest = max(before, wanted)
        return Queued(newest[1], (before[1],) if before < wanted and before[1] != job else ())

    @breakable
    def newest_job(self, endpoint: str) -> str | None:
        return self._wanted.get(endpoint, (None, None))[1]

    @breakable
    def record_release(self, endpoint: str, order: str, release: Json) -> None:
        known = self._releases.setdefault(endpoint, {})
        known.setdefault((order_key(order), release["job"]), json.dumps(release))

    @breakable
    def settle_letter(self, queue: str, letter: str, record: Json) -> dict[str, Any]:
        return _plain(self._letters.setdefault((queue, letter), json.dumps(record)))

    @breakable
    def settled_letter(self, queue: str, letter: str) -> dict[str, Any] | None:
        known = self._letters.get((queue, letter))
        return None if known is None else _plain(known)

    @breakable
    def drift_record(self) -> dict[str, Any]:
        return _plain(self._drift)

    @breakable
    def record_drift(self, record: Json) -> None:
        self._drift = json.dumps(record)

    @breakable
    def due(self) -> tuple[Due, ...] | None:
        first = sorted(self._due, key=lambda due: (due.at, due.endpoint))[:20]
        return tuple(first) if self._due_indexed else None

    @breakable
    def add_due(self, endpoint: str, at: str) -> None:
        self._due.add(Due(order_key(at), endpoint))

    @breakable
    def remove_due(self, due: Due) -> None:
        self._due.discard(due)

    @breakable
    def index_due(self) -> None:
        self._due_indexed = True

    def forget_due(self) -> None:
        """Be as an older version left it, which kept no such records."""
        self._due.clear()

    @breakable
    def last_release(self, endpoint: str) -> dict[str, Any] | None:
        known = self._releases.get(endpoint, {})
        return _plain(known[max(known)]) if known else None

    def change_release(self, endpoint: str, **fields: str) -> None:
        """Let the newest release be as another version recorded it."""
        known = self._releases[endpoint]
        known[max(known)] = json.dumps({**_plain(known[max(known)]), **fields})

    def forget_releases(self, endpoint: str) -> None:
        """Let the endpoint be one that Sluice has never released to."""
        self._releases.pop(endpoint, None)

    @breakable
    def released(self, endpoint: str) -> tuple[Released, ...]:
        known = self._releases.get(endpoint, {})
        made = (_plain(known[order]) for order in sorted(known, reverse=True))
        return tuple(map(released_of, made))

    @breakable
    def releases(self, endpoint: str) -> tuple[dict[str, Any], ...]:
        known = self._releases.get(endpoint, {})
        return tuple(_plain(known[order]) for order in sorted(known, reverse=True))

    @breakable
    def record_decision(self, job: str, decision: Decision) -> Decision:
        return self._decisions.setdefault(job, {}).setdefault(decision.kind, decision)

    @breakable
    def decisions(self, job: str) -> tuple[Decision, ...]:
        return tuple(it for _, it in sorted(self._decisions.get(job, {}).items()))

    @breakable
    def hold(self, endpoint: str, *, listed: bool = False) -> Hold | None:
        del listed
        return self._holds.get(endpoint)

    @breakable
    def set_hold(self, endpoint: str, hold: Hold, *, over: Hold | None) -> bool:
        if self._holds.get(endpoint) != over:
            return False
        self._holds[endpoint] = hold
        return True

    @breakable
    def clear_hold(self, endpoint: str) -> None:
        self._holds.pop(endpoint, None)

    @breakable
    def quarantine(self, endpoint: str, digest: str, verdict: Json) -> None:
        self._quarantine[endpoint, digest] = json.dumps(verdict)

    @breakable
    def quarantined(self, endpoint: str, digest: str) -> dict[str, Any] | None:
        kept = self._quarantine.get((endpoint, digest))
        return None if kept is None else _plain(kept)

    @breakable
    def end_quarantine(self, endpoint: str, digest: str) -> None:
        self._quarantine.pop((endpoint, digest), None)

    @breakable
    def old_jobs(self, before: str, limit: int, after: str | None) -> JobPage:
        last, _, skip = (after or "").partition(" ")
        days = sorted({it.accepted[:10] for it in self._summaries.values()})
        for day in days:
            if day >= before[:10] or (last and (day < last or (day == last and not skip))):
                continue
            jobs = [it for it in self._summaries.values() if it.accepted.startswith(day)]
            first = int(skip or 0) if day == last else 0
            end = first + limit
            more = f"{day} {end}" if len(jobs) > end else day
            return JobPage(jobs=tuple(jobs[first:end]), more=more)
        return JobPage(jobs=())

    @breakable
    def forget_job(self, request: DeployRequest, endpoint: str) -> None:
        job = request.job
        for known in (self._events, self._decisions, self._joined, self._orders, self._again):
            known.pop(job, None)
        self._documents = {key: it for key, it in self._documents.items() if key[0] != job}
        released = self._releases.get(endpoint, {})
        self._releases[endpoint] = {key: it for key, it in released.items() if key[1] != job}
        self._packages.pop(job, None)
        self._requests.pop(job, None)
        self._summaries.pop(job, None)

    def lose_package(self, job: str) -> None:
        """Lose the package that the job kept."""
        del self._packages[job]

    @breakable
    def forget_entry(self, job: str, accepted: str) -> None:
        del accepted
        self._summaries.pop(job, None)

    @breakable
    def forget_records(self, before: datetime, after: str | None) -> str | None:
        del before, after
        return None

    @breakable
    def forgetting(self) -> dict[str, str]:
        return dict(self._forgetting)

    @breakable
    def record_forgetting(self, place: Mapping[str, str]) -> None:
        self._forgetting = dict(place)

    @property
    def held(self) -> tuple[str, ...]:
        """Return the held endpoints."""
        return tuple(self._holds)

    def refuse(self, path: str, failure: AzureFailure | None) -> None:
        """Let storage refuse to copy the path, until called with None."""
        self._refused[path] = failure

    def _keep(self, job: str, wanted: dict[str, tuple[str, str]]) -> bool:
        if job in self._packages:
            return True
        kept = {}
        for name, (path, etag) in wanted.items():
            refused = self._refused.get(path)
            if refused is not None:
                raise refused
            content = self._flows.content(path, etag)
            if content is None:
                return False
            kept[name] = content
        self._packages[job] = kept
        return True


def _plain(written: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(written)
    return plain
