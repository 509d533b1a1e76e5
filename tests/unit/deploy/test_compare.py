"""Whole jobs with the gates before traffic: what differs is stopped, what is equal goes on."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access.caller import Caller
from shared.domain.access.policy_rule import parse_policy
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import EndpointName
from shared.domain.requests.request_body import Asked, AskedSource
from shared.ports import Answer, Json
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.sweep import find_open_jobs
from shared.steps.rollback.rollback import roll_back
from shared.steps.views.jobs import describe_job
from tests.fakes.comparisons import BOTH, Version, answers, deploy_new, make_compared_world
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, package
from tests.unit.comparison.test_contract import document

STREAM = "text/event-stream"
SAMPLES = "comparison: {parity: true, samples: questions.jsonl}\n"
OTHER_KIND = "scoring_script"


def questions(count: int) -> str:
    return "\n".join(json.dumps({"question": f"q{number}"}) for number in range(1, count + 1))


def steps(world: World) -> list[str]:
    made = world.ledger.read(world.last["job"], "plan")
    assert made is not None
    return [it["kind"] for it in made["steps"]]


def streams(body: Json, accept: str | None) -> Answer:
    if body and accept == STREAM:
        return Answer(200, "data: y\n\n", 0.01, media_type=STREAM)
    return answers()(body, None)


def test_an_equal_version_serves_and_tells_its_figures():
    world = make_compared_world(answers(), answers())
    [old] = world.traffic()

    result = deploy_new(world)

    assert result["outcome"] == "succeeded"
    assert world.traffic() == {result["deployment"]: 100}
    contract, parity = result["verdicts"]
    assert (contract["gate"], contract["outcome"]) == ("contract", "passed")
    assert contract["words"] == "answers, errors as before"
    assert (parity["gate"], parity["outcome"]) == ("parity", "passed")
    assert parity["words"] == "1 of 1 samples answered as before"
    assert (parity["deployment"], parity["against"]) == (result["deployment"], old)


OUTPUTS = {"question": "string"}, {"answer": "string"}
RENAMED = {"old": document(*OUTPUTS), "new": document({"question": "string"}, {"reply": "string"})}


@pytest.mark.parametrize(
    ("old", "new", "documents", "code", "told"),
    [
        (answers(), answers(), RENAMED, "ContractFailed", "the output 'answer' is gone"),
        (answers(), answers({"reply": "yes"}), {}, "ContractFailed", "'answer' is not in"),
        (answers(), answers({"answer": 7}), {}, "ContractFailed", "was of type string, now of"),
        (streams, answers(), {}, "ContractFailed", "stream: the old deployment streams"),
        (answers(), answers({"answer": "no"}), {}, "ParityFailed", '$.answer: "yes" became "no"'),
    ],
)
def test_a_difference_is_stopped_before_any_traffic(
    old: Version, new: Version, documents: dict[str, Any], code: str, told: str
):
    world = make_compared_world(old, new, documents)
    before = world.traffic()
    moves = [it for it in world.writes if it == "set_traffic"]

    result = deploy_new(world)

    assert result["outcome"] == "failed"
    assert (result["diagnosis"]["code"], result["diagnosis"]["message"]) == (
        code,
        result["verdicts"][-1]["words"],
    )
    assert told in result["diagnosis"]["message"]
    assert {name: share for name, share in world.traffic().items() if share} == before
    assert [it for it in world.writes if it == "set_traffic"] == moves
    kept = {it.name for it in world.workspace.deployments("hello")}
    assert result["verdicts"][-1]["deployment"] in kept - before.keys()


def test_what_failed_is_rejected_until_somebody_forces_it():
    world = make_compared_world(answers(), answers({"answer": "no"}))
    deploy_new(world)
    world.scoring.asked = None

    again = deploy_new(world, "retain: 2\n")
    assert again["outcome"] == "rejected"
    assert '"yes" became "no"' in again["findings"][0]["cause"]

    asked = Asked(source=AskedSource(blob="hello.zip"), force=True)
    world.engine.run(accept_request(world.ports, asked, Requester("http")).job)
    assert world.last["outcome"] == "succeeded"


def test_keep_failed_decides_whether_it_stays():
    world = make_compared_world(answers(), answers({"answer": "no"}))
    [old] = world.traffic()

    assert deploy_new(world, BOTH + "rollout: {keep_failed: false}\n")["outcome"] == "failed"
    assert [it.name for it in world.workspace.deployments("hello")] == [old]


def test_the_gates_are_off_unless_they_are_asked_for():
    world = make_compared_world(answers(), answers({"answer": "no"}))

    result = deploy_new(world, "retain: 1\n")

    assert result["outcome"] == "succeeded"
    assert "compare" not in steps(world)
    assert result["warnings"] == [it for it in result["warnings"] if "compared" not in it]


@pytest.mark.parametrize(
    ("manifest", "compared"), [("retain: 1\n", True), ("comparison: {contract: false}\n", True)]
)
def test_they_are_on_where_what_serves_is_of_another_kind(manifest: str, compared: bool):
    world = make_compared_world(answers(), answers({"answer": "no"}))
    world.ledger.change_release("hello", kind=OTHER_KIND)

    result = deploy_new(world, manifest)

    assert ("compare" in steps(world)) is compared
    assert result["outcome"] == "failed"
    assert result["diagnosis"]["code"] == "ParityFailed"


def test_both_can_be_switched_off_there():
    world = make_compared_world(answers(), answers({"answer": "no"}))
    world.ledger.change_release("hello", kind=OTHER_KIND)

    off = "comparison: {contract: false, parity: false}\n"
    assert deploy_new(world, off)["outcome"] == "succeeded"


def test_a_policy_demands_them_of_everybody():
    policy = parse_policy(
        '[{"prefix": "", "endpoints": ["*"], "connections": ["*"], '
        '"comparison": {"contract": false}}]'
    )
    world = make_compared_world(answers(), answers({"answer": "no"}), policy=policy)

    assert deploy_new(world, "retain: 1\n")["diagnosis"]["code"] == "ParityFailed"


def test_the_first_deployment_has_nothing_to_be_compared_with(world: World):
    result = world.deploy(content=package(deploy__yaml=BOTH))

    assert result["outcome"] == "succeeded"
    assert "compare" not in steps(world)
    warning = "Contract and parity cannot be compared: no deployment has traffic"
    assert warning in result["warnings"]


def test_a_deployment_that_is_replaced_in_place_is_not_compared(world: World):
    fixed = "deployment: {name: blue}\n"
    world.deploy(content=package(deploy__yaml=fixed))
    world.ledger.change_release("hello", kind=OTHER_KIND)

    result = world.deploy(content=package("# new\n", deploy__yaml=fixed))

    assert result["outcome"] == "succeeded"
    assert "compare" not in steps(world)
    warning = "Contract and parity cannot be compared: blue is replaced in place"
    assert warning in result["warnings"]


def test_the_old_deployment_is_asked_what_it_was_released_with():
    first = package(deploy__yaml="smoke_test: {input: {question: old}}\n")

    def refuses_new(body: Json, accept: str | None) -> Answer:
        return answers(status=200 if body.get("question") == "old" else 400)(body, accept)

    world = make_compared_world(refuses_new, answers({"reply": "yes"}), first=first)
    result = deploy_new(world, f"smoke_test: {{input: {{question: new}}}}\n{BOTH}")

    assert result["diagnosis"]["code"] == "ContractFailed"
    assert "sample 1: 'answer' is not in the answer any more" in result["diagnosis"]["message"]


def test_without_a_sample_that_the_old_one_takes_there_is_no_verdict_and_no_quarantine():
    world = make_compared_world(answers(status=400), answers())
    before = world.traffic()

    result = deploy_new(world)

    assert result["outcome"] == "failed"
    assert result["diagnosis"]["code"] == "NothingCompared"
    assert result["verdicts"][-1]["outcome"] == "undecided"
    assert {name: share for name, share in world.traffic().items() if share} == before
    assert world.ledger.quarantined("hello", result["digest"]) is None


def foreign(world: World, variables: dict[str, str]) -> None:
    """Let the deployment that serves be one that Sluice did not make."""
    there = world.workspace.there
    [serving] = world.traffic()
    state = there.deployments["hello", serving]
    there.deployments["hello", serving] = replace(state, tags={}, environment_variables=variables)
    world.ledger.forget_releases("hello")


@pytest.mark.parametrize(
    ("variables", "compared"), [({"PROMPTFLOW_RUN_MODE": "serving"}, False), ({"A": "b"}, True)]
)
def test_of_a_foreign_deployment_only_prompt_flow_is_recognised(
    variables: dict[str, str], compared: bool
):
    world = make_compared_world(answers(), answers())
    foreign(world, variables)

    assert deploy_new(world, "retain: 1\n")["outcome"] == "succeeded"
    assert ("compare" in steps(world)) is compared


def test_a_rollback_is_not_compared():
    first = package(deploy__yaml=BOTH)
    world = make_compared_world(answers(), answers({"answer": "no"}), first=first)
    assert deploy_new(world, "retain: 1\n")["outcome"] == "succeeded"
    back = roll_back(
        world.ports, EndpointName("hello"), key="http:1", reason="", caller=Caller("ann")
    )

    assert world.engine.run(back.accepted.job) == "succeeded"
    assert "compare" not in steps(world)


def test_the_samples_of_a_file_are_asked_of_both_alone():
    world = make_compared_world(answers(), answers())
    before = len(world.scoring.scored)

    result = deploy_new(world, SAMPLES, questions__jsonl=questions(7))

    assert result["outcome"] == "succeeded"
    [parity] = result["verdicts"]
    assert parity["words"] == "7 of 7 samples answered as before"
    asked = [
        (it.deployment, it.body["question"])
        for it in world.scoring.scored[before:]
        if it.body.get("question", "").startswith("q")
    ]
    assert len(asked) == 14
    assert len(set(asked)) == 14


def test_a_sample_that_differs_is_named_by_its_line():
    def one_differs(body: Json, accept: str | None) -> Answer:
        return answers({"answer": "no"} if body.get("question") == "q3" else None)(body, accept)

    world = make_compared_world(answers(), one_differs)
    result = deploy_new(world, SAMPLES, questions__jsonl=questions(4))

    message = result["diagnosis"]["message"]
    assert message == (
        '3 of 4 samples answered as before. Sample questions.jsonl:3, $.answer: "yes" became "no"'
    )


def test_a_share_of_the_samples_may_differ():
    def one_differs(body: Json, accept: str | None) -> Answer:
        return answers({"answer": "no"} if body.get("question") == "q3" else None)(body, accept)

    world = make_compared_world(answers(), one_differs)
    manifest = "comparison: {parity: true, samples: questions.jsonl, equal_percent: 75}\n"

    assert deploy_new(world, manifest, questions__jsonl=questions(4))["outcome"] == "succeeded"
    [parity] = world.last["verdicts"]
    assert parity["words"] == "3 of 4 samples answered as before; 75 % are needed"
    assert [it["name"] for it in parity["compared"]] == ["sample questions.jsonl:3"]


def slow(world: World, seconds: float) -> Version:
    def version(body: Json, accept: str | None) -> Answer:
        world.clock.now += timedelta(seconds=seconds)
        return answers()(body, accept)

    return version


def test_many_slow_samples_go_on_in_further_calls_and_none_is_asked_twice():
    world = make_compared_world(answers(), answers())
    world.scoring.asked = None
    version = slow(world, 8)
    world.scoring.asked = lambda name, body, accept: version(body, accept)
    before = len(world.scoring.scored)

    result = deploy_new(world, SAMPLES, questions__jsonl=questions(9))

    assert result["outcome"] == "succeeded", result
    calls = [given for name, given in world.engine.calls if given.get("kind") == "compare"]
    assert len(calls) > 4
    asked = [it.body["question"] for it in world.scoring.scored[before:]]
    assert sum(it.startswith("q") for it in asked) == 18


def test_a_lost_engine_goes_on_with_the_next_sample():
    world = make_compared_world(answers(), answers())
    version = slow(world, 8)
    world.scoring.asked = lambda name, body, accept: version(body, accept)
    job = world.drop(
        content=package("# new\n", deploy__yaml=SAMPLES, questions__jsonl=questions(9))
    )

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "compare" and given["tries"] == 4:
            raise Crash

    world.engine.before = before
    with pytest.raises(Crash):
        world.engine.run(job)
    world.workspace.settle()
    asked = [it.body["question"] for it in world.scoring.scored if it.body["question"][0] == "q"]
    assert len(asked) < 18

    assert find_open_jobs(world.ports) == (job,)
    assert FakeEngine(world.ports, world.clock).run(job) == "succeeded"
    asked = [it.body["question"] for it in world.scoring.scored if it.body["question"][0] == "q"]
    assert len(asked) == 18


@pytest.mark.parametrize(
    "passing",
    [
        Answer(429, "slow down", 0.01),
        Answer(424, "", 0.01, model_status=429),
        Answer(503, "", 0.01),
        Answer(404, "", 0.01),
    ],
)
def test_a_status_that_passes_is_asked_again(passing: Answer):
    world = make_compared_world(answers(), answers())
    asked, first = world.scoring.asked, list[str]()
    assert asked is not None
    [old] = world.traffic()

    def busy(name: str, body: Json, accept: str | None) -> Answer:
        if name == old and len(first) < 2:
            first.append(name)
            return passing
        return asked(name, body, accept)

    world.scoring.asked = busy

    assert deploy_new(world)["outcome"] == "succeeded"
    assert world.last["verdicts"][1]["words"] == "1 of 1 samples answered as before"


def test_a_new_deployment_that_stays_busy_is_not_put_into_quarantine():
    world = make_compared_world(answers(), answers())
    [old] = world.traffic()
    asked = world.scoring.asked
    assert asked is not None

    def busy(name: str, body: Json, accept: str | None) -> Answer:
        if name != old and accept is not None:
            return Answer(424, "", 0.01, model_status=429)
        return asked(name, body, accept)

    world.scoring.asked = busy
    result = deploy_new(world)

    assert result["outcome"] == "failed"
    assert result["diagnosis"]["code"] == "TimeLimit"
    assert "answers a sample as a stream with status 429" in result["diagnosis"]["message"]
    assert world.ledger.quarantined("hello", result["digest"]) is None


def test_an_old_deployment_that_never_answers_does_not_stay_for_ever():
    gone: Version = lambda body, accept: Answer(503, "", 0.01)  # noqa: E731
    world = make_compared_world(gone, answers())

    result = deploy_new(world)

    assert result["outcome"] == "succeeded"
    assert "1 not answered by the old deployment" in result["verdicts"][1]["words"]


def test_a_silent_endpoint_fails_no_gate():
    world = make_compared_world(answers(), answers())

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "compare" and given["tries"] < 3:
            world.scoring.fail("score", Unavailable("ConnectionError", "no route"))

    world.engine.before = before
    assert deploy_new(world)["outcome"] == "succeeded"


def test_a_running_job_shows_the_verdicts_so_far():
    world = make_compared_world(answers(), answers())
    shown = list[Any]()

    def before(name: str, given: Any) -> None:
        if given.get("kind") == "set_traffic":
            view = describe_job(world.ports, given["job"])
            assert view is not None
            shown.extend((it["gate"], it["outcome"]) for it in view["verdicts"])

    world.engine.before = before
    deploy_new(world)

    assert shown[:2] == [("contract", "passed"), ("parity", "passed")]


def test_verdicts_of_stages_come_after_those_of_the_gates():
    world = make_compared_world(answers(), answers())
    world.metrics.busy = world.workspace
    canary = "rollout: {strategy: canary, bake: PT1M, samples_per_minute: 60}\n"

    assert deploy_new(world, BOTH + canary)["outcome"] == "succeeded"
    assert [(it.get("gate"), it["stage"]) for it in world.last["verdicts"]] == [
        ("contract", 0),
        ("parity", 0),
        (None, 1),
    ]
