"""Compares the new deployment with the one that serves, before any traffic: the step."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain.comparison.settings import Gate
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok, unhealthy, waiting
from shared.ports import Ports
from shared.steps.deploy.checks import place_of
from shared.steps.deploy.compare_contract import compare_contract
from shared.steps.deploy.compare_pair import Pair, Passing
from shared.steps.deploy.compare_samples import compare_samples
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.verdicts import verdict_name

_AGAIN = 10.0
"""Seconds until a request is repeated that got a status which may pass."""
_GATES: Mapping[Gate, Callable[[Pair], StepReport | dict[str, Any]]] = {
    "contract": compare_contract,
    "parity": compare_samples,
}
_CODES: Mapping[Gate, str] = {"contract": "ContractFailed", "parity": "ParityFailed"}


def compare(ports: Ports, call: StepCall) -> StepReport:
    """Judge the new deployment by each gate of the plan; the ledger keeps the verdicts.

    A verdict is kept before it takes effect, so a call after a crash reports the same.
    """
    release = release_of(ports, call.job)
    place = place_of(ports, call)
    if place is None:
        return unhealthy(diagnose(Signal("NotAsAsked", "The endpoint is gone")))
    pair = Pair(ports, call, release, *place)
    told = list[str]()
    for gate in call.arguments["gates"]:
        kept = ports.ledger.read(call.job, verdict_name(gate))
        if kept is None:
            try:
                made = _GATES[gate](pair)
            except Passing as passing:
                return waiting(str(passing), retry_after=_AGAIN)
            if isinstance(made, StepReport):
                return made
            kept = ports.ledger.write_once(call.job, verdict_name(gate), made)
        if kept["outcome"] == "failed":
            ports.ledger.quarantine(call.endpoint, release.digest, {**kept, "job": call.job})
        if kept["outcome"] != "passed":
            code = _CODES[gate] if kept["outcome"] == "failed" else "NothingCompared"
            return unhealthy(diagnose(Signal(code, kept["words"], step=call.title)))
        told.append(f"{gate}: {kept['words']}")
    return ok("; ".join(told))
