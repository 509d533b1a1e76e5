"""The preview: what a job would do, by the job's own reading and planning. It writes nothing."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.domain.access.caller import Caller
from shared.domain.errors import Rejected
from shared.domain.planning.cost import cost
from shared.domain.planning.deployment_plan import quota_room
from shared.domain.planning.differences import differences
from shared.domain.planning.plan import plan
from shared.domain.planning.quota import Room
from shared.domain.planning.step import Observed, Plan, Step, writes
from shared.domain.release.release import Release
from shared.domain.requests.request import DeployRequest, Door, make_order, stamp
from shared.domain.requests.request_body import Asked
from shared.domain.requests.source import BlobSource, Source
from shared.package.folder import check_packed
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import changing_job
from shared.steps.deploy.planning import busy_part, observe, observe_needs, shows_newest
from shared.steps.deploy.prepare import read_release
from shared.steps.intake.resolve import resolve
from shared.steps.views.source_package import fetch_source

Shown = dict[str, Any]
_JOB = "preview"


def preview_request(ports: Ports, asked: Asked, caller: Caller) -> Shown:
    """Show what the job of this request would do.

    Raises Rejected if there is no such source, SourceChanged if it changes meanwhile.
    """
    found = resolve(ports, asked.source, asked.manifest, key=_JOB)
    request = _request(ports, found.source, found.overrides, "http", caller)
    request = request.model_copy(update={"force": asked.force})
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        try:
            package = fetch_source(ports, found.source, Path(folder))
        except Rejected as wrong:
            return _rejected(wrong)
        return _preview(ports, request, package, Path(folder))


def preview_package(
    ports: Ports, content: bytes, path: str, uploader: Caller | None = None
) -> Shown:
    """Show what the job of a zip with these bytes would do, if it were dropped at this path.

    `uploader`: the caller who would upload it over HTTP; None for a drop into storage, of which
    storage decides.
    """
    door: Door = "blob" if uploader is None else "http"
    source = BlobSource(path=path, etag=_JOB)
    request = _request(ports, source, {}, door, uploader or Caller())
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        package = Path(folder) / "package.zip"
        package.write_bytes(content)
        try:
            check_packed(len(content))
        except Rejected as wrong:
            return _rejected(wrong)
        return _preview(ports, request, package, Path(folder))


def _request(
    ports: Ports, source: Source, overrides: Mapping[str, Any], door: Door, caller: Caller
) -> DeployRequest:
    now = stamp(ports.now())
    return DeployRequest(
        job=_JOB,
        source=source,
        overrides=dict(overrides),
        door=door,
        order=make_order(now),
        accepted=now,
        by=caller.name,
        roles=caller.roles,
    )


def _preview(ports: Ports, request: DeployRequest, package: Path, folder: Path) -> Shown:
    try:
        release = read_release(ports, request, package, folder)
    except Rejected as wrong:
        return _rejected(wrong)
    observed = observe(ports, release)
    try:
        observed = observe_needs(ports, release, observed)
        made = plan(release, observed)
    except Rejected as wrong:
        return {**_rejected(wrong), **_found(release, observed)}
    return {
        "outcome": "changes" if made.steps else "unchanged",
        **_found(release, observed),
        "steps": [_step(it) for it in made.steps],
        "warnings": [*release.warnings, *made.warnings, *_waits(ports, release, observed)],
        "findings": [],
        "cost": _cost(ports, release, observed, made),
    }


def _rejected(wrong: Rejected) -> Shown:
    return {
        "outcome": "rejected",
        "endpoint": None,
        "deployment": None,
        "digest": None,
        "differences": [],
        "quota": None,
        "steps": [],
        "warnings": [],
        "findings": [it.to_dict() for it in wrong.findings],
        "cost": None,
    }


def _found(release: Release, observed: Observed) -> Shown:
    room = quota_room(release, observed)
    return {
        "endpoint": release.endpoint.name,
        "deployment": release.deployment_name,
        "digest": release.digest,
        "differences": [asdict(it) for it in differences(release, observed)],
        "quota": _quota(room) if room is not None else None,
    }


def _quota(room: Room) -> Shown:
    return {
        "family": room.size.family,
        "needed": room.needed,
        "used": room.current,
        "freed": room.freed,
        "limit": room.limit if room.limit >= 0 else None,
        "suffices": room.suffices,
    }


def _step(step: Step) -> Shown:
    return {
        "kind": step.kind,
        "title": step.title,
        "writes": writes(step),
        "optional": step.optional,
    }


def _waits(ports: Ports, release: Release, observed: Observed) -> Iterator[str]:
    """What is under way at the endpoint: a job would plan from what comes of it."""
    name = release.endpoint.name
    part, newest = busy_part(observed), ports.ledger.newest_job(name)
    if changing_job(ports, name) is None and not shows_newest(observed, had_a_job=False):
        yield (
            f"Azure does not show {observed.newest} with traffic, which was released last: it was "
            "changed by hand, or Azure is late to show it. Ask again in half a minute"
        )
    if (hold := ports.ledger.hold(name)) is not None:
        yield f"This endpoint is {hold.words}: a job would wait until it is resumed"
    if part is not None:
        yield f"{part} is being changed by an operation: a job would wait for its end, then plan"
    if newest is not None and newest in ports.ledger.open_jobs():
        yield f"Job {newest} is under way at this endpoint, and the plan may be another after it"


def _cost(ports: Ports, release: Release, observed: Observed, made: Plan) -> Shown | None:
    if ports.prices is None:
        return None
    return asdict(cost(ports.prices, release, observed, made))
