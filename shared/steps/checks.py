"""Does it answer, and is it what was asked for?"""

import json
from dataclasses import replace

from shared.domain.diagnosis import Signal, diagnose
from shared.domain.endpoint import EndpointState
from shared.domain.manifest import Expectation, unmet
from shared.domain.release import Release
from shared.domain.report import Report, ok, unhealthy
from shared.domain.step import live
from shared.ports import Answer, Ports
from shared.steps.call import Call, release_of

_PASSING = frozenset({401, 404, 408, 429, 500, 502, 503, 504})
_TRIES = 4


def smoke_test(ports: Ports, call: Call) -> Report:
    """The new deployment alone answers the sample as expected, whatever traffic it has."""
    release = release_of(ports, call.job)
    endpoint = ports.workspace.endpoint(call.endpoint)
    if endpoint is None:
        return unhealthy(diagnose(Signal("NotAsAsked", "The endpoint is gone")))
    return _ask(ports, call, release, endpoint, deployment=release.deployment_name)


def verify(ports: Ports, call: Call) -> Report:
    """All traffic goes to the deployment that was asked for, and the endpoint answers with it."""
    release = release_of(ports, call.job)
    endpoint = ports.workspace.endpoint(call.endpoint)
    if endpoint is None:
        return unhealthy(diagnose(Signal("NotAsAsked", "The endpoint is gone")))
    wrong = _differences(ports, call, release, endpoint)
    if wrong:
        return unhealthy(diagnose(Signal("NotAsAsked", "; ".join(wrong))))
    report = _ask(ports, call, release, endpoint, deployment=None)
    serving = {
        "scoring_uri": endpoint.scoring_uri,
        "traffic": live(endpoint.traffic),
        "auth_mode": endpoint.auth_mode,
    }
    return replace(report, facts={**report.facts, **serving})


def _differences(ports: Ports, call: Call, release: Release, endpoint: EndpointState) -> list[str]:
    name, wrong = release.deployment_name, list[str]()
    if live(endpoint.traffic) != {name: 100}:
        wrong.append(f"the traffic is {json.dumps(dict(endpoint.traffic))}")
    state = next((it for it in ports.workspace.deployments(call.endpoint) if it.name == name), None)
    if state is None:
        return [*wrong, f"deployment {name} is gone"]
    if state.provisioning_state != "Succeeded":
        wrong.append(f"deployment {name} is {state.provisioning_state}")
    if not state.model.endswith(f"/{release.model_name}/versions/{release.digest}"):
        wrong.append(f"deployment {name} runs {state.model}")
    if release.deployment.instance_count not in {None, state.instance_count}:
        wrong.append(f"deployment {name} has {state.instance_count} instances")
    return wrong


def _ask(
    ports: Ports, call: Call, release: Release, endpoint: EndpointState, *, deployment: str | None
) -> Report:
    answer = ports.scoring.score(
        endpoint.scoring_uri,
        ports.workspace.credential(endpoint.name, endpoint.auth_mode),
        release.smoke_test.input,
        deployment=deployment,
        seconds=release.deployment.request_settings.request_timeout,
    )
    if answer.status == 200:
        expect = release.smoke_test.expect
        wrong = unmet(None if expect is None else Expectation(**expect), answer.body)
        if wrong is None:
            return ok(answer=answer.body, seconds=round(answer.seconds, 3))
        return unhealthy(diagnose(Signal("SmokeTest", wrong)))
    if answer.status in _PASSING and call.tries < _TRIES:
        return Report("unavailable", f"The endpoint answered {answer.status}; asking again")
    return _not_answered(ports, release, answer)


def _not_answered(ports: Ports, release: Release, answer: Answer) -> Report:
    log = ports.workspace.deployment_log(release.endpoint.name, release.deployment_name)
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    message = f"The endpoint answered {answer.status} {answer.reason}: {text[:2000]}"
    found = diagnose(Signal("SmokeTest", message, log[-4000:]))
    return Report("denied" if found.permission else "unhealthy", found.cause, diagnosis=found)
