"""What a manifest says of a deployment, from drop to what is put, on the fakes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shared.domain.endpoint import DeploymentSpec
from shared.domain.environment_reference import RegisteredEnvironment
from shared.domain.release import ASKED_TAG
from shared.domain.step import to_json
from shared.steps.jobs import job_shown
from shared.steps.planning import kept_plan
from tests.fakes.world import FLOW, World, package

FIXED = "deployment: {name: blue}\n"
ROUTES = (
    "inference_config: {liveness_route: {port: 8080, path: /health}, "
    "readiness_route: {port: 8080, path: /health}, scoring_route: {port: 8080, path: /score}}"
)
ASKED_LLM = (
    "{name: b, type: llm, api: chat, source: {type: code, path: say.py}, connection: my conn}"
)
ASKS = f"{FLOW}- {ASKED_LLM}\n"


def _spec(world: World, name: str = "blue") -> DeploymentSpec:
    return world.workspace.there.specs["hello", name]


def _only(world: World) -> DeploymentSpec:
    return _spec(world, world.last["deployment"])


def _titles(world: World) -> list[str]:
    made = kept_plan(world.ports, world.last["job"])
    assert made is not None
    return [step.title for step in made.steps]


def _causes(told: dict[str, Any]) -> str:
    return " | ".join(it["cause"] + " -> " + it["remedy"] for it in told["findings"])


# ---------------------------------------------------------------------------- names


def test_a_fixed_name_is_the_deployments(world: World):
    told = world.deploy(content=package(deploy__yaml=FIXED))

    assert told["deployment"] == "blue"
    assert "Create deployment blue" in _titles(world)


def test_the_same_again_under_a_fixed_name_is_unchanged(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))

    assert world.deploy(content=package(deploy__yaml=FIXED))["outcome"] == "unchanged"


def test_a_fixed_name_that_exists_is_replaced_in_place_and_the_plan_says_so(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = _spec(world).model

    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert told["outcome"] == "succeeded", told
    assert "Replace deployment blue in place" in _titles(world)
    assert _spec(world).model != old
    assert [it.name for it in world.workspace.deployments("hello")] == ["blue"]


def test_a_replacement_that_fails_its_test_is_put_back_as_it_was(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = _spec(world)
    world.scoring.answer(424, {"error": {"message": "boom"}})

    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert told["outcome"] == "rolled back", told
    assert _spec(world) == old
    assert world.traffic() == {"blue": 100}


def test_a_replacement_that_does_not_start_is_put_back_as_it_was(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    old = _spec(world)
    world.workspace.fail_deployment("ResourceNotReady")

    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert told["outcome"] == "rolled back", told
    assert _spec(world) == old
    assert world.workspace.deployments("hello")[0].provisioning_state == "Succeeded"


def test_what_cannot_be_put_back_is_told(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    there = world.workspace.there.deployments
    there["hello", "blue"] = replace(there["hello", "blue"], provisioning_state="Failed")
    world.scoring.answer(424, {"error": {"message": "boom"}})

    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert any("nothing to put back" in warning for warning in told["warnings"])


def test_a_deployment_of_others_is_replaced_in_place_by_name(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    there = world.workspace.there
    key = ("hello", "blue")
    there.deployments[key] = replace(there.deployments[key], tags={})
    there.specs[key] = replace(there.specs[key], tags={})

    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    assert told["outcome"] == "succeeded", told
    assert "Replace deployment blue in place, which Sluice did not make" in _titles(world)


def test_two_fixed_names_are_blue_and_green(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    green = "deployment: {name: green}\n"

    world.deploy(content=package("# new\n", deploy__yaml=green))

    assert world.traffic() == {"green": 100}
    assert {it.name for it in world.workspace.deployments("hello")} == {"blue", "green"}


def test_what_is_kept_of_a_replaced_deployment_is_not_shown(world: World):
    world.deploy(content=package(deploy__yaml=FIXED))
    told = world.deploy(content=package("# new\n", deploy__yaml=FIXED))

    made, shown = kept_plan(world.ports, told["job"]), job_shown(world.ports, told["job"])

    assert made is not None
    assert to_json(made)["prior"]["replaced"]["tags"][ASKED_TAG]
    assert shown is not None
    assert shown["plan"]["prior"]["replaced"] is None


# ---------------------------------------------------------------------------- quota


def test_a_quota_that_is_too_small_is_refused_before_any_write(world: World):
    world.workspace.there.quota = {"standardDSv2Family": 7}

    told = world.deploy()

    assert told["outcome"] == "rejected"
    assert "1 x Standard_DS3_v2 need 8 cores" in _causes(told)
    assert "0 of 7 are used" in _causes(told)
    assert world.writes == []


def test_old_deployments_make_room_where_they_will_go_anyway(world: World):
    quiet = "retain: 0\n"
    world.deploy(content=package(deploy__yaml="retain: 1\n"))
    world.deploy(content=package("# 2\n", deploy__yaml="retain: 1\n"))
    world.workspace.there.quota = {"standardDSv2Family": 16}

    told = world.deploy(content=package("# 3\n", deploy__yaml=quiet))

    assert told["outcome"] == "succeeded", told
    titles = _titles(world)
    first = next(n for n, title in enumerate(titles) if title.startswith("Delete"))
    assert first < next(n for n, title in enumerate(titles) if title.startswith("Create depl"))


def test_a_replacement_in_place_takes_the_cores_of_what_it_replaces(world: World):
    world.workspace.there.quota = {"standardDSv2Family": 8}
    world.deploy(content=package(deploy__yaml=FIXED))

    assert world.deploy(content=package("# 2\n", deploy__yaml=FIXED))["outcome"] == "succeeded"


def test_what_is_not_known_of_quota_is_a_warning(world: World):
    world.workspace.there.usages_denied = True
    told = world.deploy(content=package(deploy__yaml="deployment: {instance_type: Standard_DS3v}"))

    assert told["outcome"] == "succeeded"
    text = " | ".join(told["warnings"])
    assert "Did you mean 'Standard_DS3_v2'?" in text
    assert "was not checked: its family is not known" in text

    told = world.deploy("other")
    assert any("may not read the region's usages" in it for it in told["warnings"])


def test_fewer_than_three_instances_are_told_where_high_availability_is_asked(world: World):
    asks = "deployment: {high_availability: true, instance_count: 2}\n"
    told = world.deploy(content=package(deploy__yaml=asks))

    assert any("needs 3 instances or more, not 2" in it for it in told["warnings"])


# ---------------------------------------------------------------------------- settings


def test_every_setting_reaches_the_deployment(world: World):
    world.deploy(
        content=package(
            deploy__yaml="""\
deployment:
  description: greets
  tags: {team: a}
  app_insights_enabled: true
  scale_settings: {type: default}
  environment_variables: {A: "1"}
  request_settings: {request_timeout_ms: 60000, max_concurrent_requests_per_instance: 4}
  liveness_probe: {initial_delay: 30}
  readiness_probe: {failure_threshold: 3}
  data_collector:
    sampling_rate: 0.5
    rolling_rate: hour
    request_logging: {capture_headers: [x-who]}
    collections:
      model_inputs: {enabled: "true"}
      model_outputs: {enabled: "false", data: {name: answers, version: 2}}
flow: {outputs: [answer]}
"""
        )
    )

    spec = _only(world)
    assert (spec.description, spec.app_insights_enabled, spec.tags["team"]) == ("greets", True, "a")
    assert spec.request_settings.request_timeout == 60
    assert spec.request_settings.max_concurrent_requests_per_instance == 4
    assert spec.liveness_probe.initial_delay == 30
    assert spec.readiness_probe.failure_threshold == 3
    assert spec.environment_variables["A"] == "1"
    assert spec.environment_variables["PROMPTFLOW_RESPONSE_INCLUDED_FIELDS"] == '["answer"]'
    collector = spec.data_collector
    assert collector is not None
    assert (collector.sampling_rate, collector.rolling_rate) == (0.5, "hour")
    assert collector.capture_headers == ("x-who",)
    inputs, outputs = (collector.collections[it] for it in ("model_inputs", "model_outputs"))
    assert inputs.enabled
    assert inputs.data_id.endswith(f"/data/hello-{spec.name}-model_inputs/versions/1")
    assert not outputs.enabled
    assert outputs.data_id.endswith("/data/answers/versions/2")
    paths = {asset.name: asset.path for asset in world.workspace.there.data.values()}
    assert paths["answers"].endswith(f"/modelDataCollector/hello/{spec.name}/model_outputs")


def test_scale_settings_that_azure_refuses_are_refused(world: World):
    asks = "deployment: {scale_settings: {type: target_utilization, max_instances: 5}}\n"
    told = world.deploy(content=package(deploy__yaml=asks))

    assert told["outcome"] == "rejected"
    assert "only scale_settings of type default" in _causes(told)
    assert "Azure Monitor" in _causes(told)


# ---------------------------------------------------------------------------- environment


def _environment(said: str) -> str:
    return f"deployment: {{environment: {said}}}\n"


def test_an_environment_without_inference_config_is_refused_before_any_write(world: World):
    world.workspace.there.registered["mine", "1"] = RegisteredEnvironment("/e/mine/1", "x")
    for said in ("{image: x}", "{build: {path: b}}", "azureml:mine:1", "azureml:mine@latest"):
        files = {"deploy__yaml": _environment(said), "b/Dockerfile": "FROM x\n"}
        told = world.deploy(content=package(**files))

        assert told["outcome"] == "rejected", said
        assert "MissingDriverProgram" in _causes(told)
        remedies = _causes(told)
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
        told = world.deploy(f"by-{number}", package(deploy__yaml=_environment(said)))

        assert told["outcome"] == "succeeded", told
        spec = there.specs[f"by-{number}", told["deployment"]]
        assert spec.environment == identifier
        assert told["image"] == "img:2"
    assert [kind for kind, *_ in world.assets.writes if kind == "environments"] == []


def test_an_environment_that_is_not_there_is_refused(world: World):
    told = world.deploy(content=package(deploy__yaml=_environment("azureml:nobody:1")))
    assert "the workspace has no environment nobody:1" in _causes(told)
    registry = _environment("azureml://registries/azureml/environments/x/versions/1")
    told = world.deploy(content=package(deploy__yaml=registry))
    assert "is in a registry" in _causes(told)


def test_an_image_is_used_as_it_is_and_that_is_told(world: World):
    asks = _environment(f"{{image: mine.azurecr.io/a:1, {ROUTES}}}")
    told = world.deploy(content=package(deploy__yaml=asks, requirements__txt="slugify\n"))

    assert told["outcome"] == "succeeded", told
    assert told["image"] == "mine.azurecr.io/a:1"
    assert any("requirements.txt is not installed" in it for it in told["warnings"])


def test_the_flows_image_gets_the_requirements(world: World):
    flow = FLOW + "environment: {image: mine.azurecr.io/a:1}\n"
    told = world.deploy(content=package(flow=flow, requirements__txt="slugify\n"))

    assert told["image"] == "mine.azurecr.io/a:1 with requirements.txt"
    assert not any("not installed" in it for it in told["warnings"])


def test_a_build_context_of_ones_own_is_registered(world: World):
    asks = _environment(f"{{build: {{path: ./image, dockerfile_path: Dockerfile}}, {ROUTES}}}")
    files = {"image/Dockerfile": "FROM x\n", "deploy__yaml": asks}
    told = world.deploy(content=package(**files))
    first = _only(world).environment

    assert told["outcome"] == "succeeded", told
    assert told["image"] == "built from image/Dockerfile"

    world.deploy(content=package(**{**files, "image/Dockerfile": "FROM y\n"}))
    assert _only(world).environment != first


def test_a_build_context_that_is_not_in_the_package_is_refused(world: World):
    for path, cause in (("../up", "outside the package"), ("gone", "is not in the package")):
        asks = _environment(f"{{build: {{path: {path}}}, {ROUTES}}}")
        assert cause in _causes(world.deploy(content=package(deploy__yaml=asks)))


def test_a_conda_file_is_refused_with_the_reason(world: World):
    asks = _environment(f"{{image: x, conda_file: conda.yaml, {ROUTES}}}")
    told = world.deploy(content=package(deploy__yaml=asks))
    assert "conda_file has no prompt flow runtime" in _causes(told)


# ---------------------------------------------------------------------------- connections


def _asking(make: Callable[..., World], manifest: str) -> tuple[World, dict[str, Any]]:
    world = make(workspace={"connections": ["prod", "search"]})
    content = package(flow=ASKS, deploy__yaml=manifest)
    return world, world.deploy(content=content)


def test_a_connection_is_replaced_by_name(make: Callable[..., World]):
    world, told = _asking(make, 'flow: {connections: {"my conn": prod}}\n')
    assert told["outcome"] == "succeeded", told
    assert _only(world).environment_variables["my_conn"] == "prod"


def test_a_connection_is_replaced_by_reference(make: Callable[..., World]):
    value = "${{azureml://connections/prod}}"
    world, told = _asking(make, f'flow: {{connections: {{"my conn": "{value}"}}}}\n')
    assert told["outcome"] == "succeeded", told
    assert _only(world).environment_variables["my_conn"] == value


def test_single_fields_of_a_connection_are_replaced(make: Callable[..., World]):
    target = "${{azureml://connections/search/target}}"
    said = f'flow: {{connections: {{"my conn": {{api_base: "{target}", n: 1}}}}}}\n'
    world, told = _asking(make, said)
    assert told["outcome"] == "rejected"
    assert "'my conn', which the workspace does not have" in _causes(told)

    world.workspace.there.connections |= {"my conn"}
    told = world.deploy(content=package(flow=ASKS, deploy__yaml=said))
    variables = _only(world).environment_variables
    assert (variables["MY_CONN_API_BASE"], variables["MY_CONN_N"]) == (target, "1")


def test_each_connection_that_stands_in_must_be_there(make: Callable[..., World]):
    told = _asking(make, 'flow: {connections: {"my conn": gone}}\n')[1]
    assert "uses the connection 'gone', which the workspace does not have" in _causes(told)

    said = (
        'flow: {connections: {"my conn": prod}}\n'
        'deployment: {environment_variables: {KEY: "${{azureml://connections/gone/target}}"}}\n'
    )
    told = _asking(make, said)[1]
    assert "KEY takes its value from the connection 'gone'" in _causes(told)


def test_a_reference_that_azure_would_not_resolve_is_refused(make: Callable[..., World]):
    value = "${{azureml://connections/prod/secret}}"
    told = _asking(make, f'flow: {{connections: {{"my conn": "{value}"}}}}\n')[1]
    assert "is not a reference that Azure resolves" in _causes(told)


def test_two_that_the_runtime_would_take_for_one_are_refused(make: Callable[..., World]):
    more = "- {name: c, type: llm, source: {type: code, path: say.py}, connection: prod}\n"
    world = make(workspace={"connections": ["prod"]})
    said = 'flow: {connections: {"my conn": prod}}\n'
    told = world.deploy(content=package(flow=ASKS + more, deploy__yaml=said))
    assert "the runtime would lose 'prod'" in _causes(told)


# ---------------------------------------------------------------------------- model


def test_a_model_files_properties_go_over_the_derived_ones(world: World):
    model = (
        "$schema: https://azuremlschemas.azureedge.net/latest/model.schema.json\n"
        "name: m\npath: ../../elsewhere\n"
        "properties: {azureml.promptflow.source_flow_id: mine, azureml.promptflow.mode: chat}\n"
    )
    told = world.deploy(content=package(model__yaml=model))

    release = world.ledger.read(told["job"], "release")
    assert release is not None
    assert release["model_properties"] == {
        "azureml.promptflow.source_flow_id": "mine",
        "azureml.promptflow.mode": "chat",
    }
    assert any("'path' has no effect" in it for it in told["warnings"])
