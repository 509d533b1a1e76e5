"""A package with an MLflow model and no code, from the drop to the deployment."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed
from shared.steps.views.retirement import list_retiring
from tests.fakes.world import FLOW, World, zipped
from tests.unit.kinds.mlflow_model.reader import DEPLOYMENT, FILES, SAMPLE, inside

IN_MODEL = {**inside("model"), "deployment.yaml": DEPLOYMENT}


def _causes(world: World) -> str:
    return "; ".join(it["cause"] for it in world.last["findings"])


@pytest.mark.parametrize("files", [FILES, IN_MODEL])
def test_a_model_is_deployed_without_code_and_environment(world: World, files: Mapping[str, str]):
    result = world.deploy("plots", zipped(files))

    assert result["outcome"] == "succeeded", result
    assert result["sample_request"] == SAMPLE
    assert result["image"] == "made by Azure from the model"
    (spec,) = world.workspace.there.specs.values()
    assert (spec.environment, spec.code) == ("", None)
    assert spec.request_settings.request_timeout == 180
    assert set(world.assets.model_files(spec.model)) == set(FILES)
    assert [kind for kind, *_ in world.assets.writes] == ["models"]
    assert not any("environment" in it.lower() for it in result["timings"])


def test_the_same_model_again_changes_nothing(world: World):
    world.deploy("plots", zipped(FILES))
    assert world.deploy("plots", zipped(FILES))["outcome"] == "unchanged"


def test_another_file_beside_the_model_registers_no_model(world: World):
    world.deploy("plots", zipped(IN_MODEL))
    before = len(world.assets.writes)
    result = world.deploy("plots", zipped({**IN_MODEL, "readme.md": "more"}))

    assert result["outcome"] == "succeeded"
    assert len(world.assets.writes) == before


def test_a_model_without_an_example_is_asked_for_a_sample(world: World):
    silent = {**FILES, "MLmodel": FILES["MLmodel"].replace("_example", "_none")}
    files = {it: text for it, text in silent.items() if "input_example" not in it}
    assert world.deploy("plots", zipped(files))["outcome"] == "rejected"
    assert "nothing tells a request that the model answers" in _causes(world)
    (remedy,) = [
        it["remedy"] for it in world.last["findings"] if it["cause"].startswith("nothing tells")
    ]
    assert '{"input_data": {"columns": ["width"], "index": [0], "data": [[1]]}}' in remedy

    more = {**FILES, "deploy.yaml": "smoke_test: {input: {input_data: [[1]]}}\n"}
    assert world.deploy("plots", zipped(more))["sample_request"] == {"input_data": [[1]]}


@pytest.mark.parametrize(
    ("deploy", "cause"),
    [
        ("deployment: {environment: {image: 'a:1'}}", "has no environment of its own"),
        ("deployment: {environment: 'azureml:mine:1'}", "has no environment of its own"),
        (
            "deployment: {environment: {image: 'a:1', conda_file: conda.yaml}}",
            "has no environment of its own",
        ),
        ("deployment: {request_settings: {request_timeout_ms: 200000}}", "180 s at most"),
        ("flow: {outputs: [a]}", "flow.outputs is for flows, and this package is an MLflow model"),
        ("smoke_test: {input: {dataframe_split: {}}}", "the request has no 'input_data'"),
        ("smoke_test: {samples: [{input: {inputs: [1]}}]}", "there is no input 'inputs'"),
    ],
)
def test_settings_that_do_not_fit_a_model(world: World, deploy: str, cause: str):
    assert world.deploy("plots", zipped({**FILES, "deploy.yaml": deploy}))["outcome"] == "rejected"
    assert cause in _causes(world)


def test_what_azures_script_does_not_collect_is_a_warning(world: World):
    collector = "{collections: {model_inputs: {enabled: 'true'}, mine: {enabled: 'true'}}}"
    files = {**FILES, "deploy.yaml": f"deployment: {{data_collector: {collector}}}\n"}
    result = world.deploy("plots", zipped(files))
    assert result["outcome"] == "succeeded", result
    assert [it for it in result["warnings"] if "collects nothing" in it] == [
        (
            "deploy.yaml:1: Azure's script for MLflow models collects nothing as 'mine'. "
            "It collects: model_inputs, model_outputs, request, response"
        )
    ]


def test_a_model_beside_code_is_a_scoring_script(world: World):
    files = {
        **IN_MODEL,
        "deployment.yaml": f"{DEPLOYMENT}code_configuration: {{scoring_script: score.py}}\n"
        "environment: {image: 'a:1', conda_file: model/conda.yaml}\n",
        "score.py": 'def init():\n    pass\n\n\ndef run(data):\n    """Like {"a": 1}."""\n',
    }
    assert world.deploy("plots", zipped(files))["outcome"] == "succeeded", world.last
    (spec,) = world.workspace.there.specs.values()
    assert spec.code is not None
    assert spec.environment
    assert world.workspace.there.mlflow_models, "registered as what it is"


def test_a_flow_beside_the_model_of_its_deployment_is_refused(world: World):
    files = {**IN_MODEL, "flow.dag.yaml": FLOW, "say.py": ""}
    assert world.deploy("both", zipped(files))["outcome"] == "rejected"
    assert "this is an MLflow model, and Sluice deploys the flow beside it" in _causes(world)


def test_a_broken_mlmodel_names_its_line(world: World):
    assert world.deploy("plots", zipped({**FILES, "MLmodel": "a: [\n"}))["outcome"] == "rejected"
    assert world.last["findings"][0]["file"] == "MLmodel"
    assert "not YAML" in _causes(world)


def test_a_long_input_example_is_no_sample(world: World):
    rows = ", ".join(["[1]"] * 40_000)
    long = f'{{"columns": ["width"], "data": [{rows}]}}'
    files = {**FILES, "input_example.json": long, "serving_input_example.json": long}
    assert world.deploy("plots", zipped(files))["outcome"] == "rejected"
    assert "nothing tells a request" in _causes(world)


@pytest.mark.parametrize("files", [FILES, IN_MODEL])
def test_a_folder_with_a_model_is_accepted_at_every_door(world: World, files: Mapping[str, str]):
    for path, text in files.items():
        world.flows.put(f"team/plots/{path}", text.encode())
        assert accept_drop(world.ports, f"team/plots/{path}") is None
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None

    world.engine.run(taken.job)

    assert world.last["outcome"] == "succeeded", world.last
    asked = parse_asked(b'{"source": {"folder": "team/plots"}}')
    by_call = accept_request(world.ports, asked, Requester("http"))
    assert world.engine.run(by_call.job) == "unchanged"


def test_the_sweep_finds_a_folder_with_a_model(world: World):
    for path, text in FILES.items():
        world.flows.put(f"lost/plots/{path}", text.encode())
    world.clock.now += timedelta(minutes=5)
    (made,) = accept_missed(world.ports)
    assert world.engine.run(made) == "succeeded"


def test_a_model_below_a_flow_belongs_to_the_flow(world: World):
    world.flows.put("team/hello/flow.dag.yaml", b"")
    world.flows.put("team/hello/model/MLmodel", b"")
    assert accept_drop(world.ports, "team/hello/model/MLmodel") is None
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None
    assert world.ports.ledger.request(taken.job).source.path == "team/hello/"  # type: ignore[union-attr]


def test_a_model_is_not_hit_by_the_retirement_of_prompt_flow(world: World):
    world.deploy("plots", zipped(FILES))
    shown = list_retiring(world.ports)
    assert (shown["checked"], shown["deployments"]) == (1, [])
