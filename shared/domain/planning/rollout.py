"""Plan how traffic moves to a deployment: at once, or in stages that are watched. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.planning.step import Observed, Step, live
from shared.domain.release.release import Release
from shared.domain.rollout.strategy import Stage

_SLACK = 900.0
"""Seconds beyond bake, lag and hold before a stage counts as stuck."""


def traffic_steps(release: Release, observed: Observed) -> list[Step]:
    """Return the steps that move all traffic to the release's deployment.

    Stages need a deployment that serves: without one, and for a deployment that is replaced in
    place, the traffic moves at once.
    """
    name = release.deployment_name
    steps = list(_stages(release, observed)) if release.rollout.staged else []
    steps.append(Step("set_traffic", f"Move all traffic to {name}", {"traffic": {name: 100}}))
    return steps


def shares(serving: Mapping[str, int], name: str, percent: int) -> dict[str, int]:
    """Return the traffic with so much for the new deployment; the others keep their proportion."""
    others = {other: share for other, share in serving.items() if share and other != name}
    left, whole = 100 - percent, sum(others.values())
    made = {other: share * left // whole for other, share in others.items()}
    made[max(others, key=lambda other: others[other])] += left - sum(made.values())
    return {**made, name: percent}


def _stages(release: Release, observed: Observed) -> Iterator[Step]:
    name, rollout = release.deployment_name, release.rollout
    serving = live(observed.endpoint.traffic) if observed.endpoint is not None else {}
    others = {other: share for other, share in serving.items() if other != name}
    if not others:
        return
    old = max(others, key=lambda other: others[other])
    number = 0
    if rollout.mirror is not None and name not in serving:
        number += 1
        share = rollout.mirror.percent
        arguments = {"traffic": serving, "mirror": {name: share}}
        yield _set(f"Copy {share} % of the traffic to {name}", number, arguments)
        yield _bake(release, number, rollout.mirror, old, mirrored=True)
    for stage in rollout.stages:
        if stage.percent <= serving.get(name, 0):
            continue
        number += 1
        traffic = shares(serving, name, stage.percent)
        yield _set(f"Move {stage.percent} % of the traffic to {name}", number, {"traffic": traffic})
        yield _bake(release, number, stage, old, mirrored=False)


def _set(title: str, number: int, arguments: Mapping[str, Any]) -> Step:
    return Step("set_traffic", title, {**arguments, "partly": True, "stage": number})


def _bake(release: Release, number: int, stage: Stage, old: str, *, mirrored: bool) -> Step:
    limits = release.limits
    what = "copied traffic" if mirrored else f"{stage.percent} %"
    return Step(
        "bake",
        f"Watch {release.deployment_name} at {what} against {old}",
        {
            "stage": number,
            "percent": stage.percent,
            "mirrored": mirrored,
            "bake": stage.bake,
            "old": old,
            "limit": stage.bake + limits.metrics_lag + limits.hold + _SLACK,
        },
    )
