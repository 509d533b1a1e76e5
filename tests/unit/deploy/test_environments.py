"""The environment of a deployment, and the ones that are refused."""

from shared.domain.kinds.prompt_flow.model import DEFAULT_IMAGE
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.release.desired_environment import Described
from tests.fakes.world import FLOW, World, make_world, package
from tests.unit.deploy.shown import causes, spec_of

ROUTES = (
    "inference_config: {liveness_route: {port: 8080, path: /health}, "
    "readiness_route: {port: 8080, path: /health}, scoring_route: {port: 8080, path: /score}}"
)


def _environment(said: str) -> str:
    return f"deployment: {{environment: {said}}}\n"


def test_an_environment_without_inference_config_is_refused_before_any_write(world: World):
    world.workspace.there.registered["mine", "1"] = RegisteredEnvironment("/e/mine/1", "x")
    for said in ("{image: x}", "{build: {path: b}}", "azureml:mine:1", "azureml:mine@latest"):
        files = {"deploy__yaml": _environment(said), "b/Dockerfile": "FROM x\n"}
        result = world.deploy(content=package(**files))

        assert result["outcome"] == "rejected", said
        assert "MissingDriverProgram" in causes(result)
        remedies = causes(result)
        assert remedies.index("flow.dag.yaml") < remedies.index("add inference_config")
    assert world.writes == []


def test_a_registered_environment_is_used_by_name_label_and_id(world: World):
    facts = world.workspace.facts()
    identifier = f"{facts.id}/environments/mine/versions/2"
    there = world.workspace.there
    there.registered["mine", "1"] = RegisteredEnvironment("/e/1", "old", serves=True)
    there.registered["mine", "2"] = RegisteredEnvironment(identifier, "img:2", serves=True)
    there.environments.add(("mine", "2"))
    for number, said in enumerate(
        ("azureml:mine:2", "azureml:mine@latest", f"azureml:{identifier}", "{name: mine}")
    ):
        result = world.deploy(f"by-{number}", package(deploy__yaml=_environment(said)))

        assert result["outcome"] == "succeeded", result
        spec = there.specs[f"by-{number}", result["deployment"]]
        assert spec.environment == identifier
        assert result["image"] == "img:2"
    assert [kind for kind, *_ in world.assets.writes if kind == "environments"] == []


def test_a_missing_environment_is_refused(world: World):
    result = world.deploy(content=package(deploy__yaml=_environment("azureml:nobody:1")))
    assert "the workspace has no environment nobody:1" in causes(result)
    assert [(it["file"], it["line"]) for it in result["findings"]] == [("deploy.yaml", 1)]
    result = world.deploy(content=package(deploy__yaml=_environment("azureml:nobody@latest")))
    assert "no environment nobody in any version" in causes(result)
    registry = _environment("azureml://registries/azureml/environments/x/versions/1")
    result = world.deploy(content=package(deploy__yaml=registry))
    assert "is in a registry" in causes(result)


def test_an_image_is_used_as_it_is_with_a_warning(world: World):
    asks = _environment(f"{{image: mine.azurecr.io/a:1, {ROUTES}}}")
    result = world.deploy(content=package(deploy__yaml=asks, requirements__txt="slugify\n"))

    assert result["outcome"] == "succeeded", result
    assert result["image"] == "mine.azurecr.io/a:1"
    assert any("requirements.txt is not installed" in it for it in result["warnings"])


def test_the_flows_image_gets_the_requirements(world: World):
    flow = FLOW + "environment: {image: mine.azurecr.io/a:1}\n"
    result = world.deploy(content=package(flow=flow, requirements__txt="slugify\n"))

    assert result["image"] == "mine.azurecr.io/a:1 with requirements.txt"
    assert not any("2027-04-20" in it for it in result["warnings"])
    assert not any("not installed" in it for it in result["warnings"])


def test_the_flows_own_build_context_is_registered(world: World):
    asks = _environment(f"{{build: {{path: ./image, dockerfile_path: Dockerfile}}, {ROUTES}}}")
    files = {"image/Dockerfile": "FROM x\n", "deploy__yaml": asks}
    result = world.deploy(content=package(**files))
    first = spec_of(world).environment

    assert result["outcome"] == "succeeded", result
    assert result["image"] == "built from image/Dockerfile"

    world.deploy(content=package(**{**files, "image/Dockerfile": "FROM y\n"}))
    assert spec_of(world).environment != first


def test_a_missing_build_context_is_refused(world: World):
    for path, cause in (("../up", "outside the package"), ("gone", "is not in the package")):
        asks = _environment(f"{{build: {{path: {path}}}, {ROUTES}}}")
        assert cause in causes(world.deploy(content=package(deploy__yaml=asks)))


def test_a_conda_file_is_refused_with_the_reason(world: World):
    asks = _environment(f"{{image: x, conda_file: conda.yaml, {ROUTES}}}")
    result = world.deploy(content=package(deploy__yaml=asks))
    assert "conda_file has no prompt flow runtime" in causes(result)


def test_every_retired_image_gives_a_warning(world: World):
    for tag in ("promptflow-runtime:latest", "promptflow-runtime-stable:20260101.v1"):
        flow = f"{FLOW}environment: {{image: mcr.microsoft.com/azureml/promptflow/{tag}}}\n"
        result = world.deploy(content=package(flow=flow))

        assert any("retired on 2027-04-20" in it for it in result["warnings"])


def test_files_that_requirements_name_go_into_the_build_context(world: World):
    files = {
        "requirements.txt": "-r requirements/base.txt\n./wheels/a-1.tar.gz\n",
        "requirements/base.txt": "-c bounds.txt\nslugify\n",
        "requirements/bounds.txt": "slugify<9\n",
        "wheels/a-1.tar.gz": "one",
    }
    result = world.deploy(content=package(**files))

    assert result["outcome"] == "succeeded", result
    (context,) = world.assets.contexts.values()
    dockerfile = context.pop("Dockerfile")
    own = {path: text for path, text in context.items() if not path.startswith("server/")}
    assert own == {f"flow/{path}": text for path, text in files.items()}
    assert dockerfile.splitlines()[3:5] == [
        "COPY flow /tmp/flow",
        "RUN cd /tmp/flow && python3 -m pip install --no-cache-dir -r requirements.txt",
    ]

    world.deploy(content=package(**files, another__txt="not pip's business"))
    assert len(world.assets.contexts) == 1
    world.deploy(content=package(**files | {"wheels/a-1.tar.gz": "two"}))
    assert len(world.assets.contexts) == 2


def test_missing_files_that_requirements_name_are_refused(world: World):
    result = world.deploy(content=package(requirements__txt="openai\n-r base.txt\n"))
    assert result["outcome"] == "rejected"
    assert "requirements.txt:2" in " ".join(
        f"{it['file']}:{it['line']}" for it in result["findings"]
    )
    assert "'base.txt' is not in the package" in causes(result)
    assert world.writes == []


def test_tags_and_description_of_an_environment_are_registered(world: World):
    plain = world.deploy("plain", package(deploy__yaml=_environment(f"{{image: a:1, {ROUTES}}}")))
    said = "description: mine, tags: {team: a, n: 1}, properties: {p: x}"
    asks = _environment(f"{{image: a:1, {said}, {ROUTES}}}")
    result = world.deploy("said", package(deploy__yaml=asks))

    assert (plain["outcome"], result["outcome"]) == ("succeeded", "succeeded")
    assert list(world.assets.described.values()) == [
        None,
        Described("mine", {"team": "a", "n": "1"}, {"p": "x"}),
    ]


def test_an_environment_of_another_workspace_is_refused(world: World):
    other = world.workspace.facts().id.replace("/workspaces/", "/workspaces/other-")
    asks = _environment(f"azureml:{other}/environments/mine/versions/1")
    result = world.deploy(content=package(deploy__yaml=asks))
    assert "environment mine is in another workspace" in causes(result)
    assert world.writes == []


def test_a_flow_without_an_image_is_built_on_a_maintained_one(world: World):
    result = world.deploy(content=package(requirements__txt="flask\n"))

    assert result["image"] == f"{BASE_IMAGE} with prompt flow and requirements.txt"
    (context,) = world.assets.contexts.values()
    assert context["Dockerfile"].splitlines() == [
        f"FROM {BASE_IMAGE}",
        "COPY server /opt/server",
        "RUN python3 -m pip install --no-cache-dir -r /opt/server/requirements.txt",
        "COPY flow /tmp/flow",
        "RUN cd /tmp/flow && python3 -m pip install --no-cache-dir -r requirements.txt",
        "EXPOSE 8080",
        'CMD ["gunicorn", "--config", "/opt/server/gunicorn.conf.py"]',
    ]
    assert context["flow/requirements.txt"] == "flask\n"
    pins = context["server/requirements.txt"].splitlines()
    assert "promptflow==1.18.5" in pins
    assert all("==" in it for it in pins)
    assert not any(it.startswith("azureml-ai-monitoring") for it in pins)
    assert "promptflow.core._serving.app" in context["server/gunicorn.conf.py"]
    assert not any("retired" in it for it in result["warnings"])

    world.deploy("second", package(requirements__txt="flask\n"))
    assert len(world.assets.contexts) == 1


def test_the_package_that_collects_data_is_installed_where_data_is_collected(world: World):
    collects = "deployment: {data_collector: {collections: {model_inputs: {enabled: 'true'}}}}\n"
    world.deploy(content=package(deploy__yaml=collects))

    (context,) = world.assets.contexts.values()
    assert "azureml-ai-monitoring==1.0.0" in context["server/requirements.txt"].splitlines()


def test_a_flow_that_names_its_image_keeps_it(world: World):
    flow = f"{FLOW}environment: {{image: ours.azurecr.io/flows:1}}\n"
    assert world.deploy(content=package(flow=flow))["image"] == "ours.azurecr.io/flows:1"
    assert world.assets.contexts == {}


def test_with_prompt_flows_image_as_base_environments_are_what_they_were():
    world = make_world(flow_base_image=DEFAULT_IMAGE)
    world.deploy("one")
    world.deploy("two", package(requirements__txt="flask\n"))

    made = [version for kind, _, version, *_ in world.assets.writes if kind == "environments"]
    assert made == ["fa45383316877069", "5b2fb3a9f292261e"]
    assert world.assets.contexts == {}
