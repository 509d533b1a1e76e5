"""Steps that check the result: the smoke test, and a last look at traffic and deployment."""

import json
from dataclasses import replace

from shared.domain.azure.consume import scoring_url
from shared.domain.azure.endpoint import CodeSpec, DeploymentState, EndpointState
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, unhealthy, waiting
from shared.domain.planning.step import live
from shared.domain.release.release import Release
from shared.domain.release.smoke_test import SmokeTest
from shared.ports import Ports
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.samples import SmokeTester
from shared.steps.deploy.visibility import may_be_stale


def smoke_test(ports: Ports, call: StepCall) -> StepReport:
    """Check that the new deployment answers the samples as expected, whatever its traffic."""
    release = release_of(ports, call.job)
    place = place_of(ports, call)
    if place is None and may_be_stale(call, ports.now()):
        return waiting("Waiting until Azure shows the endpoint")
    if place is None:
        return unhealthy(diagnose(Signal("NotAsAsked", "The endpoint is gone")))
    uri, auth_mode = scoring_url(place[0], release.scored_at), place[1]
    return _run(SmokeTester(ports, call, release, uri, auth_mode, release.deployment_name))


def verify(ports: Ports, call: StepCall) -> StepReport:
    """Check that all traffic goes to the release's deployment, and that the endpoint answers."""
    release = release_of(ports, call.job)
    endpoint = ports.workspace.endpoint(call.endpoint)
    wrong = ["The endpoint is gone"]
    if endpoint is not None:
        wrong = _differences(ports, call, release, endpoint)
    if wrong and may_be_stale(call, ports.now()):
        return waiting("Waiting until Azure shows what was asked")
    if wrong or endpoint is None:
        return unhealthy(diagnose(Signal("NotAsAsked", "; ".join(wrong))))
    first, *_ = release.smoke_test.all_samples
    uri = scoring_url(endpoint.scoring_uri, release.scored_at)
    auth_mode = endpoint.auth_mode
    report, _ = SmokeTester(ports, call, release, uri, auth_mode, deployment=None).sample(first)
    serving = {"scoring_uri": uri, "traffic": live(endpoint.traffic), "auth_mode": auth_mode}
    return replace(report, facts=StepFacts(ending=Ending(serving=serving)))


def place_of(ports: Ports, call: StepCall) -> tuple[str, str] | None:
    """Return scoring URI and auth mode of the job's endpoint; None if Azure shows none."""
    if "place" in call.known:
        uri, auth_mode = call.known["place"]
        return uri, auth_mode
    endpoint = ports.workspace.endpoint(call.endpoint)
    return (endpoint.scoring_uri, endpoint.auth_mode) if endpoint is not None else None


def _run(tester: SmokeTester) -> StepReport:
    """Run the whole smoke test, up to the first failure."""
    test = tester.release.smoke_test
    answers = []
    for sample in test.all_samples:
        report, answer = tester.sample(sample)
        if report.status != "ok":
            return report
        answers.append(answer)
    more = tester.second_turn(answers[0])
    if more.status == "ok":
        more = tester.stream()
    return more if more.status != "ok" else ok(_passed(len(answers), test))


def _passed(count: int, test: SmokeTest) -> str:
    passed = [f"{count} sample{'s' if count > 1 else ''} answered as expected"]
    passed += ["a second turn of the chat"] if test.chat is not None else []
    passed += ["a stream of events"] if test.stream else []
    return ", ".join(passed)


def _parts(release: Release, state: DeploymentState) -> list[str]:
    """What the deployment runs besides the release's model, code and script."""
    wrong = list[str]()
    if not state.model.endswith(release.model_place or ""):
        wrong.append(f"deployment {release.deployment_name} runs {state.model}")
    if release.code is not None:
        runs = state.code or CodeSpec("", "")
        if not runs.id.endswith(f"/{release.code_place}") or runs.script != release.code.script:
            wrong.append(f"deployment {release.deployment_name} runs {runs.script} of {runs.id}")
    return wrong


def _differences(
    ports: Ports, call: StepCall, release: Release, endpoint: EndpointState
) -> list[str]:
    name, wrong = release.deployment_name, list[str]()
    if live(endpoint.traffic) != {name: 100}:
        wrong.append(f"the traffic is {json.dumps(dict(endpoint.traffic))}")
    state = next((it for it in ports.workspace.deployments(call.endpoint) if it.name == name), None)
    if state is None:
        return [*wrong, f"deployment {name} is gone"]
    if state.provisioning_state != "Succeeded":
        wrong.append(f"deployment {name} is {state.provisioning_state}")
    wrong += _parts(release, state)
    if release.deployment.instance_count not in {None, state.instance_count}:
        wrong.append(f"deployment {name} has {state.instance_count} instances")
    return wrong
