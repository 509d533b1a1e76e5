"""A package with a custom container, from the drop to the deployment."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.domain.release.desired_environment import Route
from shared.domain.release.release import Release, from_json
from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed
from tests.fakes.world import World, zipped
from tests.unit.kinds.custom_container.reader import BARE, DEPLOYMENT
from tests.unit.kinds.scoring_script.reader import CONDA

SAMPLE = "smoke_test: {input: {text: one two}}\n"
PACKAGE = {**BARE, "deploy.yaml": SAMPLE}


def _causes(world: World) -> str:
    return "; ".join(it["cause"] for it in world.last["findings"])


def _release(world: World) -> Release:
    kept = world.ports.ledger.read(world.last["job"], "release")
    assert kept is not None
    return from_json(kept)


def test_a_bare_folder_is_built_and_deployed_without_model_and_code(world: World):
    result = world.deploy("words", zipped(PACKAGE))

    assert result["outcome"] == "succeeded", result
    assert result["sample_request"] == {"text": "one two"}
    (spec,) = world.workspace.there.specs.values()
    assert (spec.model, spec.code, spec.model_mount_path) == ("", None, None)
    assert [kind for kind, *_ in world.assets.writes] == ["environments"]
    assert spec.request_settings.request_timeout == 180
    environment = _release(world).environment
    assert environment is not None
    assert environment.build is not None
    assert environment.build.dockerfile == "Dockerfile"
    assert environment.routes is not None
    assert environment.routes.readiness == Route(8000, "/health")


def test_an_az_ml_deployment_with_a_build_context_and_a_mounted_model(world: World):
    files = {
        **PACKAGE,
        "deployment.yaml": f"{DEPLOYMENT}model: {{path: fit}}\nmodel_mount_path: /models\n",
        "fit/weights.bin": "fit",
    }
    assert world.deploy("words", zipped(files))["outcome"] == "succeeded", world.last

    (spec,) = world.workspace.there.specs.values()
    assert set(world.assets.model_files(spec.model)) == {"weights.bin"}
    assert spec.model_mount_path == "/models"


def test_an_image_that_exists_is_used_as_it_is(world: World):
    deployment = DEPLOYMENT.replace("build: {path: .}", "image: docker.io/me/words:1")
    files = {"deployment.yaml": deployment, "deploy.yaml": SAMPLE, "readme.md": "words"}
    assert world.deploy("words", zipped(files))["outcome"] == "succeeded", world.last
    environment = _release(world).environment
    assert environment is not None
    assert environment.image == "docker.io/me/words:1"


def test_another_registered_model_is_another_deployment(world: World):
    world.workspace.there.models |= {("fit", "1"), ("fit", "2")}
    names = set()
    for version in (1, 2):
        files = {**PACKAGE, "deployment.yaml": f"{DEPLOYMENT}model: azureml:fit:{version}\n"}
        assert world.deploy("words", zipped(files))["outcome"] == "succeeded", world.last
        names.add(world.last["deployment"])
    assert len(names) == 2


def test_the_same_container_again_changes_nothing(world: World):
    world.deploy("words", zipped(PACKAGE))
    assert world.deploy("words", zipped(PACKAGE))["outcome"] == "unchanged"


def test_another_path_than_callers_ask_is_refused_before_any_write(world: World):
    """Azure passes paths on: callers of the former scoring URI would get the container's 404."""
    world.deploy("words", zipped(PACKAGE))
    before = len(world.assets.writes)
    moved = {**PACKAGE, "deployment.yaml": DEPLOYMENT.replace("path: /score", "path: /answer")}
    assert world.deploy("words", zipped(moved))["outcome"] == "rejected"
    assert _causes(world) == (
        "Callers ask /score, and the new deployment answers at /answer: they would get 404 once it "
        "has traffic, since Azure passes the path on as it is"
    )
    assert len(world.assets.writes) == before

    allowed = {**moved, "deploy.yaml": f"{SAMPLE}comparison: {{contract: false}}\n"}
    assert world.deploy("words", zipped(allowed))["outcome"] == "succeeded", world.last
    assert any("answers at /answer" in it for it in world.last["warnings"])


def test_nothing_tells_a_sample(world: World):
    assert world.deploy("words", zipped(BARE))["outcome"] == "rejected"
    assert _causes(world) == "nothing tells a request that the container answers"
    (finding,) = world.last["findings"]
    assert "smoke_test: {input:" in finding["remedy"]


def test_a_conda_file_beside_an_image_with_a_server(world: World):
    """Azure/azureml-examples#2760: conda builds over the image, and the container never starts."""
    deployment = DEPLOYMENT.replace(
        "build: {path: .}", "image: docker.io/vllm/vllm-openai:v1\n  conda_file: conda.yaml"
    )
    files = {"deployment.yaml": deployment, "conda.yaml": CONDA, "deploy.yaml": SAMPLE}
    assert world.deploy("words", zipped(files))["outcome"] == "rejected"
    assert "a conda_file beside an image with a server of its own" in _causes(world)
    (finding,) = world.last["findings"]
    assert (finding["file"], finding["line"]) == ("deployment.yaml", 4)


@pytest.mark.parametrize("route", ["liveness_route", "readiness_route", "scoring_route"])
def test_a_route_that_is_missing(world: World, route: str):
    deployment = "".join(
        line for line in DEPLOYMENT.splitlines(keepends=True) if f"{route}:" not in line
    )
    files = {**PACKAGE, "deployment.yaml": deployment}
    assert world.deploy("words", zipped(files))["outcome"] == "rejected"
    assert route in _causes(world)
    assert {(it["file"], it["line"]) for it in world.last["findings"]} == {("deployment.yaml", 5)}


@pytest.mark.parametrize(
    ("build", "cause"),
    [
        ("{path: ../image}", "the build context '../image' is outside the package"),
        ("{path: ., dockerfile_path: ../Dockerfile}", "is outside the build context"),
        ("{path: ., dockerfile_path: other}", "there is no 'other' in the build context"),
    ],
)
def test_a_build_that_is_not_in_the_package(world: World, build: str, cause: str):
    files = {**PACKAGE, "deployment.yaml": DEPLOYMENT.replace("{path: .}", build)}
    assert world.deploy("words", zipped(files))["outcome"] == "rejected"
    assert cause in _causes(world)


@pytest.mark.parametrize(
    ("deploy", "cause"),
    [
        ("deployment: {request_settings: {request_timeout_ms: 200000}}", "180 s at most"),
        ("flow: {outputs: [a]}", "flow.outputs is for flows"),
        ("deployment: {model_mount_path: models}", "'models' is not an absolute path"),
        ("deployment: {environment: {image: a:1}}", "the image has no inference_config"),
    ],
)
def test_settings_that_do_not_fit_a_container(world: World, deploy: str, cause: str):
    files = {**BARE, "deploy.yaml": f"{SAMPLE}{deploy}\n"}
    assert world.deploy("words", zipped(files))["outcome"] == "rejected"
    assert cause in _causes(world)


def test_a_mount_path_of_another_kind_has_no_effect(world: World):
    files = {
        "score.py": 'def init(): pass\ndef run(data):\n    """{"a": 1}"""\n',
        "conda.yaml": CONDA,
        "deploy.yaml": "deployment: {model_mount_path: /models}\n",
    }
    assert world.deploy("adder", zipped(files))["outcome"] == "succeeded", world.last
    (spec,) = world.workspace.there.specs.values()
    assert spec.model_mount_path is None
    assert any("'model_mount_path' has no effect" in it for it in world.last["warnings"])


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"flow.dag.yaml": "nodes: 3\n"}, "'nodes'"),
        ({"score.py": "x = 1\n", "conda.yaml": CONDA}, "the script has no init and no run"),
    ],
)
def test_a_flow_or_a_script_beside_a_dockerfile_wins(
    world: World, beside: dict[str, str], told: str
):
    assert world.deploy("words", zipped({**PACKAGE, **beside}))["outcome"] == "rejected"
    assert told in _causes(world)


IN_FOLDER = {
    **{f"image/{path}": text for path, text in BARE.items()},
    "deployment.yaml": DEPLOYMENT.replace("{path: .}", "{path: image}"),
    "deploy.yaml": SAMPLE,
}


@pytest.mark.parametrize("files", [PACKAGE, IN_FOLDER])
def test_a_folder_with_a_container_is_accepted_at_every_door(
    world: World, files: Mapping[str, str]
):
    for path, text in files.items():
        world.flows.put(f"team/words/{path}", text.encode())
        assert accept_drop(world.ports, f"team/words/{path}") is None
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None

    world.engine.run(taken.job)

    assert world.last["outcome"] == "succeeded", world.last
    assert world.last["endpoint"] == "words"
    asked = parse_asked(b'{"source": {"folder": "team/words"}}')
    by_call = accept_request(world.ports, asked, Requester("http"))
    assert world.engine.run(by_call.job) == "unchanged"


def test_the_sweep_finds_a_folder_with_a_container(world: World):
    for path, text in PACKAGE.items():
        world.flows.put(f"lost/words/{path}", text.encode())
    world.clock.now += timedelta(minutes=5)
    (made,) = accept_missed(world.ports)
    assert world.engine.run(made) == "succeeded"


@pytest.mark.parametrize("below", ["hello/flow.dag.yaml", "adder/deployment.yaml"])
def test_a_dockerfile_above_flows_and_scripts_makes_no_container(world: World, below: str):
    world.flows.put("team/Dockerfile", b"")
    world.flows.put(f"team/{below}", b"")
    assert accept_drop(world.ports, "team/Dockerfile") is None
    change = world.bus.changes[-1]
    assert accept_folder_change(world.ports, change.path, change.modified) is None


def test_a_dockerfile_of_a_script_in_a_folder_below_is_part_of_the_script(world: World):
    for path in ("score.py", "conda.yaml", "image/Dockerfile"):
        world.flows.put(f"team/adder/{path}", CONDA.encode() if path == "conda.yaml" else b"")
    accept_drop(world.ports, "team/adder/image/Dockerfile")
    change = world.bus.changes[-1]
    taken = accept_folder_change(world.ports, change.path, change.modified)
    assert taken is not None
    assert world.engine.run(taken.job) == "rejected"
    assert "the script has no init and no run" in _causes(world)
