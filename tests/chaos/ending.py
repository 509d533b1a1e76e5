"""What must be true when nothing is left to do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from shared.domain.jobs.result import WELL
from shared.domain.planning.step import from_json as plan_from_json
from shared.domain.planning.step import live
from shared.domain.release.release import ASKED_TAG, JOB_TAG, Release, from_json
from shared.domain.requests.request import DeployRequest, order_key
from shared.domain.requests.source import RemovalSource
from shared.steps.decisions.approval import SETTLED
from shared.steps.deploy.verdicts import was_sent_back
from tests.fakes.world import World


def violations(world: World, sent: Iterable[str] = ()) -> Iterator[str]:
    """Yield, in words, what is not as it must be. `sent`: the ids of the messages that were sent.

    The final state of an endpoint is that of its newest request which ended well; each that was
    superseded has a newer one. All others (rejected, failed, rolled back, canceled) left no trace,
    but for a deployment that was sent back since.
    """
    yield from _results(world)
    yield from _answers(world, sent)
    yield from _unheeded(world)
    yield from _effects(world)
    for endpoint, requests in _by_endpoint(world):
        yield from _superseded(world, endpoint, requests)
        yield from _state(world, endpoint, requests)
    yield from _assignments(world)


def _results(world: World) -> Iterator[str]:
    """Yield requests without exactly one result and one visible message."""
    told = Counter(it.event["data"]["job"] for it in world.bus.results if _own(world, it.event))
    for request in world.ledger.requests:
        if world.ledger.read(request.job, "result") is None:
            yield f"job {request.job} has no result"
        if told[request.job] != 1:
            yield f"job {request.job} has {told[request.job]} messages"
    for name, times in Counter(it.message_id for it in world.bus.results).items():
        if times > 1:
            yield f"message {name} is visible {times} times"
    for job in world.ledger.open_jobs():
        if world.ledger.request(job) is not None:
            yield f"job {job} is still marked as open"


def _answers(world: World, sent: Iterable[str]) -> Iterator[str]:
    """Yield messages whose sender got no result, or more than one."""
    told = Counter(it.event["data"]["message_id"] for it in world.bus.results)
    for name in sent:
        if told[name] != 1:
            yield f"the sender of message {name} has {told[name]} results"


def _unheeded(world: World) -> Iterator[str]:
    """Yield jobs that a person approved or rejected, and that did not follow."""
    for request in world.ledger.requests:
        outcome = _outcome(world, request.job)
        said = {it.kind for it in world.ledger.decisions(request.job)} & {"approve", "reject"}
        followed = world.ledger.read(request.job, SETTLED) or {}
        if (
            not followed
            and outcome not in {"superseded", "canceled"}
            and _waited(world, request.job)
        ):
            yield f"a person said {said} about job {request.job}, and it ended as {outcome}"
        if followed.get("kind") == "reject" and outcome in WELL:
            yield f"job {request.job} was rejected by a person, and ended as {outcome}"


def _effects(world: World) -> Iterator[str]:
    """Yield canceled jobs that say they changed nothing, and whose endpoint is there."""
    for request in world.ledger.requests:
        result = world.ledger.read(request.job, "result") or {"data": {}}
        effect = (result["data"].get("decision") or {}).get("effect")
        states = world.workspace.there.endpoints.values()
        made = [it.name for it in states if it.tags.get(JOB_TAG) == request.job]
        if made and effect == "nothing was changed":
            yield f"job {request.job} made {made[0]}, and says that {effect}"


def _waited(world: World, job: str) -> bool:
    """True if the job waited for an approval and had a minute or more to follow a decision."""
    lines = world.ledger.timeline(job)
    if not any(it["kind"] == "approval" for it in lines):
        return False
    undone = [it["at"] for it in lines if it["key"] == "undo"]
    until = datetime.fromisoformat(min([*undone, world.clock.now.isoformat()]))
    about = [it for it in world.ledger.decisions(job) if it.kind in {"approve", "reject"}]
    return any(datetime.fromisoformat(it.at) + timedelta(minutes=1) < until for it in about)


def _by_endpoint(world: World) -> Iterator[tuple[str, list[DeployRequest]]]:
    """Yield the endpoints with their requests, as they are ordered; the newest is last."""
    jobs = sorted(_jobs(world), key=lambda it: it[0])
    for endpoint, found in groupby(jobs, key=lambda it: it[0]):
        yield endpoint, sorted((it for _, it in found), key=lambda it: (_order(world, it), it.job))


def _order(world: World, request: DeployRequest) -> str:
    """The order of the request, or of the newest that joined its job."""
    joined = world.ledger.joined(request.job).order
    return max(map(order_key, filter(None, (request.order, joined))))


def last_job(world: World, endpoint: str) -> str:
    """The job of the newest request for the endpoint that ended well; empty if there is none."""
    requests = dict(_by_endpoint(world)).get(endpoint, [])
    well = [it.job for it in requests if _outcome(world, it.job) in WELL]
    return well[-1] if well else ""


def _own(world: World, event: dict[str, Any]) -> bool:
    """True if the message is the job's own, and not a copy for a message that joined it."""
    request = world.ledger.request(event["data"]["job"])
    first = request.message.id if request is not None and request.message is not None else None
    return bool(event["data"]["message_id"] == first)


def _jobs(world: World) -> Iterator[tuple[str, DeployRequest]]:
    for request in world.ledger.requests:
        if isinstance(request.source, RemovalSource):
            yield request.source.endpoint, request
        elif (release := _release(world, request.job)) is not None:
            yield release.endpoint.name, request


def _release(world: World, job: str) -> Release | None:
    kept = world.ledger.read(job, "release")
    return from_json(kept) if kept is not None else None


def _outcome(world: World, job: str) -> str:
    result = world.ledger.read(job, "result")
    return str(result["data"]["outcome"]) if result is not None else ""


def _sent_back(world: World, requests: list[DeployRequest]) -> set[str]:
    """The deployments that a person sent back: they stay, without traffic, for inspection."""
    plans = ((it.job, world.ledger.read(it.job, "plan")) for it in requests)
    return {
        str(plan["deployment"])
        for job, plan in plans
        if plan is not None and was_sent_back(world.ports, job, plan_from_json(plan))
    }


def _last_change(world: World, requests: list[DeployRequest]) -> int:
    """Where the last job stands that deployed something, and removed what stood beside it."""
    done = (n for n, it in enumerate(requests) if _outcome(world, it.job) == "succeeded")
    return max(done, default=0)


def _superseded(world: World, endpoint: str, requests: list[DeployRequest]) -> Iterator[str]:
    newest = requests[-1]
    if _outcome(world, newest.job) == "superseded":
        yield f"{endpoint}: its newest job {newest.job} was superseded"


def _state(world: World, endpoint: str, requests: list[DeployRequest]) -> Iterator[str]:
    state = world.workspace.there.endpoints.get(endpoint)
    there = {it.name: it for it in world.workspace.there.of(endpoint)}
    traffic = live(state.traffic) if state is not None else {}
    last = next((it for it in reversed(requests) if _outcome(world, it.job) in WELL), None)
    if last is None or isinstance(last.source, RemovalSource):
        if traffic or there:
            yield f"{endpoint}: nothing was to serve, and {traffic} does beside {sorted(there)}"
        return
    release = _release(world, last.job)
    assert release is not None
    name = release.deployment_name
    if traffic != {name: 100}:
        yield f"{endpoint}: {name} of {last.job} is to serve, and the traffic is {traffic}"
    elif there[name].tags.get(ASKED_TAG) != release.asked:
        yield f"{endpoint}: {name} is not as {last.job} asked, but of {there[name].tags[JOB_TAG]}"
    served = {it["deployment"] for it in world.ledger.releases(endpoint)}
    kept = _sent_back(world, requests[_last_change(world, requests) :])
    beside = [it for it in there if it not in {name, *kept}]
    orphans = [it for it in beside if it not in served]
    if orphans or len(beside) > release.retain:
        yield f"{endpoint}: {beside} stand beside {name}, of which {orphans} never served"


def _assignments(world: World) -> Iterator[str]:
    """Yield role assignments whose endpoint is gone."""
    known = {it.identity.principal_id for it in world.workspace.there.endpoints.values()}
    for held in world.roles.held:
        if held.principal_id not in known:
            yield f"a role of {held.principal_id} is left, and its endpoint is gone"
