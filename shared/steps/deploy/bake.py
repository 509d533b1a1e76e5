"""Watches a stage of a rollout, judges it, and lets the next one begin or sends it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok, unhealthy, waiting
from shared.domain.release.release import Release
from shared.domain.requests.request import moment
from shared.domain.rollout.figures import window_of
from shared.domain.rollout.thin import is_thin
from shared.domain.rollout.verdict import Evidence, Judgement, judge_evidence, verdict_document
from shared.ports import Ports
from shared.steps.deploy.bake_evidence import Watched, read_evidence
from shared.steps.deploy.bake_samples import SampleSender
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.verdicts import PASSED, verdict_name

_PAUSE = 30.0
"""Seconds between two looks: each renews the turn, which lasts 60; Azure has metrics a minute."""


def bake(ports: Ports, call: StepCall) -> StepReport:
    """Wait until the stage has its verdict; the ledger keeps the stage's begin and the verdict.

    Both times are storage's, so a clock of the app that is wrong changes nothing. A verdict is kept
    before it takes effect: a call after a crash reports the same.
    """
    stage, release = int(call.arguments["stage"]), release_of(ports, call.job)
    kept = ports.ledger.read(call.job, verdict_name(stage))
    if kept is None:
        watch = _watch(ports, call, release)
        judgement, evidence = _decided(ports, call) or watch.look()
        if judgement.outcome is None and watch.now < watch.last:
            return waiting(watch.note(judgement), retry_after=_PAUSE)
        document = verdict_document(
            _settled(judgement), evidence, watch.stage, at=watch.now.isoformat()
        )
        kept = ports.ledger.write_once(call.job, verdict_name(stage), document)
    if kept["outcome"] == "failed":
        ports.ledger.quarantine(call.endpoint, release.digest, {**kept, "job": call.job})
    return _report(call, kept)


def _decided(ports: Ports, call: StepCall) -> tuple[Judgement, Evidence] | None:
    """The verdict of a person: go on with all traffic now, or back. The ledger counts."""
    found = {it.kind: it for it in ports.ledger.decisions(call.job)}
    if "abort" in found:
        return Judgement("aborted", f"Aborted {found['abort'].words}"), Evidence()
    if "promote" in found:
        return Judgement("promoted", f"Promoted {found['promote'].words}"), Evidence()
    return None


def _settled(judgement: Judgement) -> Judgement:
    """A stage without a verdict in time goes back; it does not count as bad."""
    if judgement.outcome is not None:
        return judgement
    return Judgement("undecided", judgement.words, judgement.traffic, judgement.samples)


def _report(call: StepCall, kept: dict[str, Any]) -> StepReport:
    outcome, words = str(kept["outcome"]), str(kept["words"])
    if outcome in PASSED:
        return ok(words)
    codes = {"failed": "GateFailed", "undecided": "NoVerdict", "aborted": "Aborted"}
    code = codes[outcome]
    return unhealthy(diagnose(Signal(code, words, step=call.title)))


@dataclass(frozen=True)
class _Watch:
    """One look at a stage. Times are by storage's clock."""

    ports: Ports
    call: StepCall
    release: Release
    watched: Watched
    stage: dict[str, Any]
    now: datetime

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.stage["began"])

    @property
    def over(self) -> datetime:
        """When the metrics of the whole bake can be there."""
        seconds = float(self.call.arguments["bake"]) + self.release.limits.metrics_lag
        return self.began + timedelta(seconds=seconds)

    @property
    def last(self) -> datetime:
        """When the stage goes back without a verdict."""
        return self.over + timedelta(seconds=self.release.limits.hold)

    def look(self) -> tuple[Judgement, Evidence]:
        """Read the figures, judge them, and send samples where the traffic is too thin."""
        sender = SampleSender(self.ports, self.call.job, self.stage["stage"], self.release)
        lag = timedelta(seconds=self.release.limits.metrics_lag)
        window = window_of(self.began, self.now - lag)
        evidence = read_evidence(self.ports, self.watched, window, sender.sent())
        gates = self.release.rollout.gates
        judgement = judge_evidence(evidence, gates, over=self.now >= self.over)
        tokens = [it for it in judgement.traffic if it.name == "tokens"]
        settled = all(it.state == "passed" for it in (*judgement.samples, *tokens))
        left = max(0.0, (self.over - self.now).total_seconds() / 60)
        thin = is_thin(evidence.traffic, gates, minutes=window.minutes, left=left)
        if judgement.outcome is None and gates.samples and thin and not settled:
            sender.send(self.watched, self.now)
        return judgement, evidence

    def note(self, judgement: Judgement) -> str:
        if self.now < self.over:
            return f"Watched until {self.over:%H:%M:%S} UTC"
        return f"No verdict yet ({judgement.words})"


def _watch(ports: Ports, call: StepCall, release: Release) -> _Watch:
    now = moment(ports.flows.server_time())
    endpoint = ports.workspace.endpoint(call.endpoint)
    assert now is not None
    if endpoint is None:
        raise LookupError(f"There is no endpoint {call.endpoint}")
    new, old = release.deployment_name, str(call.arguments["old"])
    stage = {
        "stage": int(call.arguments["stage"]),
        "percent": call.arguments["percent"],
        "mirrored": call.arguments["mirrored"],
        "deployment": new,
        "against": old,
        "began": now.isoformat(),
    }
    kept = ports.ledger.write_once(call.job, f"stage-{stage['stage']}", stage)
    return _Watch(
        ports,
        call,
        release,
        Watched(endpoint, new, old, release.deployment.app_insights_enabled),
        kept,
        now,
    )
