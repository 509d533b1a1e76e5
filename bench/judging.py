"""Judges a stack from outside: the ledger in storage, the results queue, ARM, and what was called.

Nothing is asked of the app, so that looking makes none of the calls that are counted.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from azure.servicebus.exceptions import ServiceBusError
from azure.storage.blob import BlobServiceClient
from durabletask.client import OrchestrationStatus, TaskHubGrpcClient

from local import cloud
from local.addresses import addresses_of
from local.app_settings import LEDGER_CONTAINER
from local.stack import Stack
from shared.adapters.copies import open_sources
from shared.adapters.ledger import BlobLedger
from shared.domain.jobs.result import WELL
from shared.domain.requests.request import order_key
from tests.e2e.client import Client

type Call = dict[str, Any]

RUNS: Final = (OrchestrationStatus.RUNNING, OrchestrationStatus.PENDING)
_OWN: Final = {cloud.APP_PRINCIPAL, cloud.DEVELOPER_PRINCIPAL, cloud.USER_IDENTITY_PRINCIPAL}
_CLOSE_SECONDS: Final = 2.0
"""A host that is killed so soon after an answer may not have noted it."""


class Judge:
    """What a stack's jobs came to. Every method yields, in words, what is not as it must be."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.client = Client(stack.facts)
        account = BlobServiceClient.from_connection_string(stack.facts["storage_connection_string"])
        self._blobs = account.get_container_client(LEDGER_CONTAINER)
        self.ledger = BlobLedger(self._blobs, open_sources(self.client.flows, None))
        self.told = list[dict[str, Any]]()
        self.kills = list[float]()

    # ------------------------------------------------------------------ looking

    def jobs(self) -> set[str]:
        """The ids of all jobs that were accepted."""
        return {it.removeprefix("requests/").removesuffix(".json") for it in self._requests()}

    def _requests(self) -> Iterator[str]:
        yield from self._blobs.list_blob_names(name_starts_with="requests/")

    def ended(self, job: str) -> bool:
        """True once the job has a result, which was sent, and is closed."""
        known = self.ledger.read(job, "result") is not None
        known = known and self.ledger.read(job, "sent") is not None
        return known and job not in self.ledger.open_jobs()

    def outcome(self, job: str) -> str:
        result = self.ledger.read(job, "result")
        return str(result["data"]["outcome"]) if result is not None else "no result"

    def take(self) -> bool:
        """Take the messages off the results queue that are there; True if there was one."""
        try:
            event = self.client.next_result()
        except ServiceBusError:  # the bus was killed: a new connection
            self.client.reconnect()
            return False
        if event is not None:
            self.told.append(event)
        return event is not None

    def take_messages(self, jobs: set[str], seconds: float = 60) -> bool:
        """Take messages until each job's is there; False if one does not come in time."""
        end = time.monotonic() + seconds
        while not jobs <= {it["data"]["job"] for it in self.told}:
            if not self.take() and time.monotonic() > end:
                return False
        return True

    # ------------------------------------------------------------------ judging

    def results(self, jobs: Iterable[str]) -> Iterator[str]:
        """Each has one result, one message, and no orchestration."""
        told = Counter(it["data"]["job"] for it in self.told)
        for job in jobs:
            if self.ledger.read(job, "result") is None:
                yield f"job {job} has no result; its last step: {self._last(job)}"
            if told[job] != 1:
                yield f"job {job} has {told[job]} messages"
        for name, times in Counter(it["id"] for it in self.told).items():
            if times > 1:
                yield f"message {name} came {times} times"

    def _last(self, job: str) -> str:
        events = self.ledger.timeline(job)
        return json.dumps(events[-1]) if events else "none"

    def running(self) -> Iterator[str]:
        """No orchestration is left."""
        at = addresses_of(self._stack.state).port("durable")
        engine = TaskHubGrpcClient(host_address=f"127.0.0.1:{at}")
        try:
            for state in engine.get_all_orchestration_states():
                if state.runtime_status in RUNS:
                    yield f"orchestration {state.instance_id} is {state.runtime_status.name}"
        finally:
            engine.close()

    def endpoint(self, name: str, jobs: Iterable[str]) -> Iterator[str]:
        """The release of the newest job that ended well has all traffic; the rest is known."""
        requests = [it for job in jobs if (it := self.ledger.request(job)) is not None]
        requests.sort(key=lambda it: (order_key(it.order), it.job))
        if requests and self.outcome(requests[-1].job) == "superseded":
            yield f"{name}: its newest job {requests[-1].job} was superseded"
        well = [it.job for it in requests if self.outcome(it.job) in WELL]
        releases, traffic = self.ledger.releases(name), self.client.traffic(name)
        there = {it["name"] for it in self.client.deployments(name)}
        if not well:
            if traffic or there:
                yield f"{name}: nothing was to serve; traffic {traffic}, deployments {there}"
            return
        data = (self.ledger.read(well[-1], "result") or {})["data"]
        if traffic != {data["deployment"]: 100}:
            yield f"{name}: {data['deployment']} is to serve, and the traffic is {traffic}"
        orphans = there - {str(it["deployment"]) for it in releases}
        beside = there - {data["deployment"]}
        if orphans or len(beside) > 1:
            yield f"{name}: {beside} stand beside {data['deployment']}, {orphans} never served"

    def assignments(self, names: Iterable[str], each: int) -> Iterator[str]:
        """Each endpoint's identity has so many roles, and no other identity has any."""
        path = f"{self.client.workspace}/providers/Microsoft.Authorization/roleAssignments"
        found = self.client.arm_list(path, "2022-04-01")
        own = self.client.arm_list(f"{self.client.workspace}/onlineEndpoints")
        held = Counter(it["properties"]["principalId"] for it in found)
        known = {it["name"]: it["identity"]["principalId"] for it in own}
        for name in names:
            if name in known and held[known[name]] != each:
                yield f"{name}: its identity has {held[known[name]]} roles instead of {each}"
        for principal in held.keys() - set(known.values()) - _OWN:
            yield f"a role of {principal} is left, and its endpoint is gone"


def sums(calls: Iterable[Call], *, serving: bool) -> Iterator[str]:
    """Traffic that was set sums to 0 or 100; to 100 alone where something is `serving`."""
    for call in calls:
        body = call["body"] if isinstance(call["body"], dict) else {}
        traffic = (body.get("properties") or {}).get("traffic")
        if call["method"] in {"PUT", "PATCH"} and traffic:
            total = sum(traffic.values())
            if total != 100 and (serving or total):
                yield f"{call['method']} {call['path']} sets traffic {traffic}"


def early(calls: list[Call], kills: Iterable[float]) -> Iterator[str]:
    """One job's calls to ARM come no sooner than Retry-After asked, unless the host died at once.

    The list of all endpoints is the sweep's, which is no job.
    """
    arm = [it for it in calls if it["host"] == "management.azure.com"]
    arm = [it for it in arm if not it["path"].endswith("/onlineEndpoints")]
    for number, call in enumerate(arm):
        if not call["retry_after"] or call["principal"] == cloud.DEVELOPER_PRINCIPAL:
            continue
        asked = _at(call)
        until = asked + float(call["retry_after"])
        if any(asked <= kill <= asked + _CLOSE_SECONDS for kill in kills):
            continue
        for later in arm[number + 1 :]:
            if later["principal"] != cloud.DEVELOPER_PRINCIPAL and _at(later) < until - 0.05:
                yield f"{later['method']} {later['path']} {until - _at(later):.1f} s too early"


def _at(call: Call) -> float:
    return datetime.fromisoformat(call["time"]).timestamp()
