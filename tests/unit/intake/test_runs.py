"""A batch run's flow is deployed like any other."""

import json

import pytest

from shared.domain.errors import Rejected
from shared.domain.failure import Denied
from shared.domain.identifiers.run_name import endpoint_name_of_run
from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Accepted, Requester, accept_request
from shared.steps.views.jobs import describe_job
from tests.fakes import FakeRuns
from tests.fakes.world import CODE, FLOW, World, make_world

RUN = "say_it_variant_0_20260101_120000_123456"
FILES = {"flow.dag.yaml": FLOW.encode(), "say.py": CODE.encode()}


def _ask(world: World, key: str | None = None, **body: object) -> Accepted:
    asked = parse_asked(json.dumps(body).encode())
    return accept_request(world.ports, asked, Requester("http", key=key))


@pytest.fixture
def runs() -> FakeRuns:
    return FakeRuns()


@pytest.fixture
def world(runs: FakeRuns) -> World:
    return make_world(runs=runs)


def test_a_run_deploys_under_its_flows_name_and_can_be_redeployed(world: World, runs: FakeRuns):
    runs.put(RUN, FILES)

    taken = _ask(world, source={"run": RUN})
    assert world.engine.run(taken.job) == "succeeded"
    assert world.last["endpoint"] == "say-it"
    assert world.last["source"] == f"runs/{RUN}"
    shown = describe_job(world.ports, taken.job)
    assert shown is not None
    assert shown["source"] == f"runs/{RUN}"

    again = _ask(world, key="k", source={"endpoint": "say-it"})
    assert world.engine.run(again.job) == "unchanged"


def test_the_same_run_again_is_the_same_job(world: World, runs: FakeRuns):
    runs.put(RUN, FILES)

    assert _ask(world, source={"run": RUN}).job == _ask(world, source={"run": RUN}).job
    assert runs.calls.count("files") == 1


def test_a_manifest_in_the_request_names_the_endpoint(world: World, runs: FakeRuns):
    runs.put(RUN, FILES)

    taken = _ask(world, source={"run": RUN}, manifest={"endpoint": {"name": "other"}})
    world.engine.run(taken.job)

    assert world.last["endpoint"] == "other"


def test_a_missing_run_or_one_without_a_flow_is_refused_by_name(world: World, runs: FakeRuns):
    runs.put("training", None)

    with pytest.raises(Rejected, match="no run of this name"):
        _ask(world, source={"run": "nowhere"})
    with pytest.raises(Rejected, match="no snapshot of a flow"):
        _ask(world, source={"run": "training"})


def test_a_run_of_an_evaluation_flow_is_refused(world: World, runs: FakeRuns):
    evaluation = f"type: evaluation\n{FLOW}"
    runs.put("graded", {**FILES, "flow.dag.yaml": evaluation.encode()})

    world.engine.run(_ask(world, source={"run": "graded"}).job)

    assert world.last["outcome"] == "rejected"
    assert any("evaluation" in it["cause"] for it in world.last["findings"])


@pytest.mark.parametrize("call", ["find", "files"])
def test_a_run_that_sluice_may_not_read_is_refused_with_the_grant(
    world: World, runs: FakeRuns, call: str
):
    runs.put(RUN, FILES)
    message = (
        "The client 'app' with object id '5a1d0c9e-0000-4000-8000-0000000000b1' does not have "
        "authorization to perform action "
        "'Microsoft.MachineLearningServices/workspaces/experiments/runs/read' over scope "
        "'/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/"
        "workspaces/w'"
    )
    runs.fail(call, Denied("AuthorizationFailed", message, status=403))

    with pytest.raises(Rejected) as refused:
        _ask(world, source={"run": RUN})

    assert "az role assignment create" in refused.value.findings[0].remedy
    assert world.ledger.open_jobs() == ()


def test_the_policy_matches_runs_slash_name(runs: FakeRuns):
    world = make_world(runs=runs, policy=())
    runs.put(RUN, FILES)

    world.engine.run(_ask(world, source={"run": RUN}).job)

    assert world.last["outcome"] == "rejected"
    assert world.last["findings"][0]["file"] == f"runs/{RUN}"


def test_a_lost_answer_while_keeping_the_snapshot_is_recovered(world: World, runs: FakeRuns):
    runs.put(RUN, FILES)
    world.ledger.fail("keep_package", RuntimeError("killed"), after=True)
    with pytest.raises(RuntimeError, match="killed"):
        _ask(world, source={"run": RUN})

    assert world.engine.run(_ask(world, source={"run": RUN}).job) == "succeeded"


@pytest.mark.parametrize(
    ("run", "endpoint"),
    [
        (RUN, "say-it"),
        ("web_classification_20260101_120000_123456", "web-classification"),
        ("my run", "my-run"),
        ("a-name-of-ones-own", "a-name-of-ones-own"),
        ("x" * 40, "x" * 32),
    ],
)
def test_an_endpoint_is_named_after_the_runs_flow(run: str, endpoint: str):
    assert endpoint_name_of_run(run) == endpoint
