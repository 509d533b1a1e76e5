"""A package with a scoring script, from the drop to the deployment."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.domain.azure.endpoint import CodeSpec
from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed
from shared.steps.views.retirement import list_retiring
from tests.fakes.world import World, zipped
from tests.unit.kinds.scoring_script.reader import CONDA, DEPLOYMENT

SCORE = '''\
import json


def init():
    pass


def run(raw_data):
    """Answer, as {"name": "Ada"} asks."""
    return json.loads(raw_data)
'''
BARE = {"score.py": SCORE, "conda.yaml": CONDA}
IN_SRC = {"src/score.py": SCORE, "conda.yaml": CONDA, "deployment.yaml": DEPLOYMENT}


def _causes(world: World) -> str:
    return "; ".join(it["cause"] for it in world.last["findings"])


def test_a_script_is_deployed_as_code_without_a_model(world: World):
    result = world.deploy("adder", zipped(BARE))

    assert result["outcome"] == "succeeded", result
    assert result["sample_request"] == {"name": "Ada"}
    (spec,) = world.workspace.there.specs.values()
    assert spec.model == ""
    assert spec.code is not None
    assert spec.code.script == "score.py"
    assert "/codes/adder/versions/" in spec.code.id
    assert spec.request_settings.request_timeout == 180
    assert not {"PRT_CONFIG_OVERRIDE", "PROMPTFLOW_RUN_MODE"} & spec.environment_variables.keys()
    assert [kind for kind, *_ in world.assets.writes] == ["codes", "environments"]


def test_only_the_code_folder_is_the_code(world: World):
    files = {**IN_SRC, "readme.md": "no code"}
    assert world.deploy("prices", zipped(files))["outcome"] == "succeeded"

    (spec,) = world.workspace.there.specs.values()
    assert world.assets.code_files(spec.code or CodeSpec("", "")) == ("src", {"score.py"})


def test_a_model_in_the_package_is_registered_besides(world: World):
    files = {**BARE, "model/fit.pkl": "fit"}
    assert world.deploy("fitted", zipped(files))["outcome"] == "succeeded"

    (spec,) = world.workspace.there.specs.values()
    assert set(world.assets.model_files(spec.model)) == {"fit.pkl"}


def test_a_new_script_over_the_same_model_registers_code_alone(world: World):
    world.deploy("fitted", zipped({**BARE, "model/fit.pkl": "fit"}))
    before = len(world.assets.writes)
    result = world.deploy(
        "fitted", zipped({**BARE, "score.py": f"{SCORE}\n", "model/fit.pkl": "fit"})
    )

    assert result["outcome"] == "succeeded"
    assert [kind for kind, *_ in world.assets.writes[before:]] == ["codes"]


def test_the_same_script_again_changes_nothing(world: World):
    world.deploy("adder", zipped(BARE))
    assert world.deploy("adder", zipped(BARE))["outcome"] == "unchanged"


def test_a_registered_model_is_used_as_it_is(world: World):
    world.workspace.there.models.add(("prices", "3"))
    files = {**IN_SRC, "deployment.yaml": f"{DEPLOYMENT}model: azureml:prices:3\n"}
    assert world.deploy("prices", zipped(files))["outcome"] == "succeeded"

    (spec,) = world.workspace.there.specs.values()
    assert spec.model.endswith("/models/prices/versions/3")
    assert "models" not in {kind for kind, *_ in world.assets.writes}


def test_a_registered_model_that_is_not_there(world: World):
    files = {**IN_SRC, "deployment.yaml": f"{DEPLOYMENT}model: azureml:prices:3\n"}
    assert world.deploy("prices", zipped(files))["outcome"] == "rejected"
    assert _causes(world) == "the workspace has no model prices:3"


def test_a_script_that_tells_no_sample_is_asked_for_one(world: World):
    silent = SCORE.replace('{"name": "Ada"}', "it")
    assert world.deploy("adder", zipped({**BARE, "score.py": silent}))["outcome"] == "rejected"
    assert _causes(world) == "nothing tells a request that the script answers"
    (finding,) = world.last["findings"]
    assert "smoke_test: {input:" in finding["remedy"]

    told = {**BARE, "score.py": silent, "deploy.yaml": "smoke_test: {input: {data: [1]}}\n"}
    result = world.deploy("adder", zipped(told))
    assert result["outcome"] == "succeeded", result
    assert result["sample_request"] == {"data": [1]}


@pytest.mark.parametrize(
    ("deploy", "cause"),
    [
        ("deployment: {request_settings: {request_timeout_ms: 200000}}", "180 s at most"),
        ("flow: {outputs: [a]}", "flow.outputs is for flows"),
        ("deployment: {environment_variables: {A: '${TOKEN}'}}", "was not filled in"),
        ("deployment: {environment: {image: mine, inference_config: {}}}", "liveness_route"),
        (
            (
                "deployment: {environment: {image: mine, inference_config: {"
                "liveness_route: {port: 8000, path: /}, readiness_route: {port: 8000, path: /}, "
                "scoring_route: {port: 8000, path: /predict}}}}"
            ),
            "takes requests at /score on port 5001, and inference_config names /predict on port",
        ),
    ],
)
def test_settings_that_do_not_fit_a_script(world: World, deploy: str, cause: str):
    """`${VAR}` and the time-out: see docs/reference/scoring-scripts.md."""
    assert world.deploy("adder", zipped({**BARE, "deploy.yaml": deploy}))["outcome"] == "rejected"
    assert cause in _causes(world)


def test_routes_of_the_inference_server_are_sent_as_they_are(world: World):
    """As in Azure/azureml-examples, custom-container/minimal: the image has the server."""
    routes = ", ".join(
        f"{name}_route: {{port: 5001, path: {path}}}"
        for name, path in (("liveness", "/"), ("readiness", "/"), ("scoring", "/score"))
    )
    environment = f"{{image: 'acr.azurecr.io/minimal:1', inference_config: {{{routes}}}}}"
    asked = f"deployment: {{environment: {environment}}}"
    files = {**BARE, "deploy.yaml": asked, "sample-request.json": '{"data": [1]}'}
    result = world.deploy("adder", zipped(files))
    assert result["outcome"] == "succeeded", result
    kept = world.ledger.read(result["job"], "release")
    assert kept is not None
    assert kept["environment"]["routes"]["scoring"] == {"port": 5001, "path": "/score"}


def test_a_short_timeout_with_a_language_model_is_a_warning(world: World):
    files = {
        **BARE,
        "score.py": f"import openai\n{SCORE}",
        "deploy.yaml": "deployment: {request_settings: {request_timeout_ms: 5000}}",
    }
    result = world.deploy("asker", zipped(files))
    assert result["outcome"] == "succeeded"
    assert any(
        "imports openai, and its requests end after 5000 ms" in it for it in result["warnings"]
    )


def test_a_flow_beside_a_script_of_its_deployment_is_refused(world: World):
    files = {**IN_SRC, "flow.dag.yaml": "inputs: {}\noutputs: {}\nnodes: []\n"}
    assert world.deploy("both", zipped(files))["outcome"] == "rejected"
    assert "this deployment runs a scoring script of its own" in _causes(world)


def test_a_package_of_no_kind_names_all_that_was_looked_for(world: World):
    assert world.deploy("none", zipped({"readme.md": ""}))["outcome"] == "rejected"
    for wanted in ("flow.dag.yaml", "flow.flex.yaml", "score.py", "conda.yaml", "requirements.txt"):
        assert wanted in _causes(world)


@pytest.mark.parametrize(("files", "endpoint"), [(BARE, "adder"), (IN_SRC, "prices")])
def test_a_folder_with_a_script_is_accepted_at_every_door(
    world: World, files: Mapping[str, str], endpoint: str
):
    for path, text in files.items():
        world.flows.put(f"team/adder/{path}", text.encode())
        assert accept_drop(world.ports, f"team/adder/{path}") is None
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None

    world.engine.run(taken.job)

    assert world.last["outcome"] == "succeeded", world.last
    assert world.last["endpoint"] == endpoint
    asked = parse_asked(b'{"source": {"folder": "team/adder"}}')
    by_call = accept_request(world.ports, asked, Requester("http"))
    assert world.engine.run(by_call.job) == "unchanged"


@pytest.mark.parametrize("files", [BARE, IN_SRC])
def test_the_sweep_finds_a_folder_with_a_script(world: World, files: Mapping[str, str]):
    for path, text in files.items():
        world.flows.put(f"lost/adder/{path}", text.encode())
    world.clock.now += timedelta(minutes=5)
    (made,) = accept_missed(world.ports)
    assert world.engine.run(made) == "succeeded"


def test_a_deployment_file_above_flows_makes_no_script(world: World):
    world.flows.put("team/deployment.yaml", b"")
    world.flows.put("team/hello/flow.dag.yaml", b"")
    assert accept_drop(world.ports, "team/deployment.yaml") is None
    change = world.bus.changes[-1]
    assert accept_folder_change(world.ports, change.path, change.modified) is None


def test_a_script_is_not_hit_by_the_retirement_of_prompt_flow(world: World):
    world.deploy("adder", zipped(BARE))
    shown = list_retiring(world.ports)
    assert (shown["checked"], shown["deployments"]) == (1, [])


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ("{image: 'a:1', conda_file: {dependencies: [python=3.12]}}", "has no inference server"),
        ("{image: 'a:1'}", "conda.yaml is not installed"),
        ("azureml:mine:1", "conda.yaml is not installed"),
    ],
)
def test_the_environment_of_a_bare_script_is_checked_in_our_manifest_too(
    world: World, environment: str, cause: str
):
    manifest = f"deployment:\n  environment: {environment}\n"
    world.deploy("adder", zipped({**BARE, "deploy.yaml": manifest}))
    assert cause in str(world.last), world.last
