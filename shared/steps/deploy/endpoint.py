"""Steps on the endpoint itself: create or update it, and move its traffic."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from shared.domain.azure.endpoint import EndpointState
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.failure import Conflict, Refused
from shared.domain.jobs.phase import words
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, unhealthy, waiting
from shared.domain.planning.endpoint_spec import endpoint_as_asked, endpoint_spec
from shared.domain.planning.step import live
from shared.domain.release.release import JOB_TAG
from shared.ports import Ports
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.planning import known_of
from shared.steps.deploy.verdicts import verdict_name
from shared.steps.deploy.visibility import is_told, may_be_stale, wait_until_visible

_CREATES = "enforce_secrets"
"""An argument that the step has only where it creates the endpoint."""


def ensure_endpoint(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the endpoint exists as requested; its traffic is kept."""
    release = release_of(ports, call.job)
    ask = release.endpoint
    seen = ports.seen.take(call, ports.now())
    # An endpoint that a plan did not see may be there, unless no job has ever had its turn.
    handed = seen is not None and (seen.endpoint is not None or call.fence == 1)
    existing = seen.endpoint if seen and handed else ports.workspace.endpoint(ask.name)
    if existing is not None and existing.busy:
        return waiting("Azure is working on the endpoint", operation=existing.operation_url)
    if existing is not None and endpoint_as_asked(ask, existing):
        return ok(facts=StepFacts(known=known_of(existing)))
    if (wait := wait_until_visible(call, ports.now(), "the endpoint")) is not None:
        return wait
    if existing is not None and _has_failed(call, existing):
        return _failed(existing)
    enforce = bool(call.arguments.get(_CREATES))
    spec = endpoint_spec(release, existing, enforce_secrets=enforce)
    operation = ports.workspace.put_endpoint(spec, new=existing is None)
    return waiting(words(call.kind), operation=operation, own=True)


def made_as_asked(ports: Ports, call: StepCall, shown: EndpointState) -> StepFacts | None:
    """Return what later steps need to know if the endpoint is as the step has written it."""
    # A new endpoint has the job's tag: one of the same name that is gone may still be shown.
    mine = _CREATES not in call.arguments or shown.tags.get(JOB_TAG) == call.job
    ask = release_of(ports, call.job).endpoint
    return StepFacts(known=known_of(shown)) if mine and endpoint_as_asked(ask, shown) else None


def _has_failed(call: StepCall, state: EndpointState) -> bool:
    """Return whether this attempt's own PUT has failed; another PUT would not help."""
    made = call.attempt == 1 and state.tags.get(JOB_TAG) == call.job
    return state.provisioning_state == "Failed" and (call.written or made)


def _failed(state: EndpointState) -> StepReport:
    if state.operation_url is not None:
        return waiting("The endpoint has failed; asking why", operation=state.operation_url)
    return unhealthy(diagnose(Signal("", f"Endpoint {state.name} is {state.provisioning_state}")))


def set_traffic(ports: Ports, call: StepCall) -> StepReport:
    """Set the traffic that the arguments name, in per cent by deployment.

    A stage of a rollout that has its verdict is over: after a loss of the engine the traffic does
    not go back to it. The traffic is written even if it seems to be set: a plan names this step
    only where the traffic must change, and Azure may show an older state.
    """
    wanted = {str(name): int(share) for name, share in call.arguments["traffic"].items()}
    mirror, facts = call.arguments.get("mirror"), moved(call)
    stage = call.arguments.get("stage")
    if stage is not None and ports.ledger.read(call.job, verdict_name(stage)) is not None:
        return ok("this stage is over", facts)
    if is_told(call):
        return ok(facts=facts)
    if call.written:
        state = ports.workspace.endpoint(call.endpoint)
        if state is not None and _is_set(state, wanted, mirror):
            return ok(facts=facts)
        if (wait := wait_until_visible(call, ports.now(), "the traffic")) is not None:
            return wait
    begun = _begin(ports, call, wanted, mirror)
    return replace(begun, facts=facts) if begun.status == "ok" else begun


def _begin(
    ports: Ports, call: StepCall, wanted: Mapping[str, int], mirror: Mapping[str, int] | None
) -> StepReport:
    try:
        operation = ports.workspace.set_traffic(call.endpoint, wanted, mirror=mirror)
    except Conflict:
        running = ports.workspace.endpoint(call.endpoint)
        if running is None or not running.busy or running.operation_url is None:
            raise
        return waiting("Azure is working on the endpoint", operation=running.operation_url)
    except Refused as missing:
        # A reader may miss an endpoint that others have seen.
        if missing.status != HTTPStatus.NOT_FOUND or not may_be_stale(call, ports.now()):
            raise
        return waiting("Azure does not show the endpoint at the moment; looking again")
    if operation is None:
        return ok()
    return waiting(words(call.kind), operation=operation, own=True)


def moved(call: StepCall) -> StepFacts:
    """What the step reports once the traffic has moved."""
    return StepFacts(moved=True, partly=bool(call.arguments.get("partly")))


def _is_set(
    state: EndpointState, traffic: Mapping[str, int], mirror: Mapping[str, int] | None
) -> bool:
    mirrored = mirror is None or live(state.mirror_traffic) == live(mirror)
    return mirrored and live(state.traffic) == live(traffic)
