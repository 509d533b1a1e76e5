"""Settings of a deployment, from the manifest to the PUT, on the fakes."""

from tests.fakes.world import World, package
from tests.unit.deploy.shown import FIXED, causes, spec_of, titles


def test_a_quota_that_is_too_small_is_refused_before_any_write(world: World):
    world.workspace.there.quota = {"standardDSv2Family": 7}

    result = world.deploy()

    assert result["outcome"] == "rejected"
    assert "1 x Standard_DS3_v2 need 8 cores" in causes(result)
    assert "0 of 7 are used" in causes(result)
    assert world.writes == []


def test_old_deployments_are_deleted_first_if_the_quota_needs_it(world: World):
    quiet = "retain: 0\n"
    world.deploy(content=package(deploy__yaml="retain: 1\n"))
    world.deploy(content=package("# 2\n", deploy__yaml="retain: 1\n"))
    world.workspace.there.quota = {"standardDSv2Family": 16}

    result = world.deploy(content=package("# 3\n", deploy__yaml=quiet))

    assert result["outcome"] == "succeeded", result
    steps = titles(world)
    first = next(n for n, title in enumerate(steps) if title.startswith("Delete"))
    assert first < next(n for n, title in enumerate(steps) if title.startswith("Create depl"))


def test_a_replacement_in_place_reuses_the_cores_of_the_old_deployment(world: World):
    world.workspace.there.quota = {"standardDSv2Family": 8}
    world.deploy(content=package(deploy__yaml=FIXED))

    assert world.deploy(content=package("# 2\n", deploy__yaml=FIXED))["outcome"] == "succeeded"


def test_unknown_sizes_and_quotas_are_warnings(world: World):
    world.workspace.there.usages_denied = True
    result = world.deploy(
        content=package(deploy__yaml="deployment: {instance_type: Standard_DS3v}")
    )

    assert result["outcome"] == "succeeded"
    text = " | ".join(result["warnings"])
    assert "Did you mean 'Standard_DS3_v2'?" in text
    assert "was not checked: its family is not known" in text

    result = world.deploy("other")
    assert any("may not read the region's usages" in it for it in result["warnings"])


def test_fewer_than_three_instances_with_high_availability_give_a_warning(world: World):
    asks = "deployment: {high_availability: true, instance_count: 2}\n"
    result = world.deploy(content=package(deploy__yaml=asks))

    (warning,) = (it for it in result["warnings"] if "high availability" in it)
    assert "needs 3 instances or more, not 2" in warning


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

    spec = spec_of(world)
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
    result = world.deploy(content=package(deploy__yaml=asks))

    assert result["outcome"] == "rejected"
    assert "only scale_settings of type default" in causes(result)
    assert "Azure Monitor" in causes(result)


def test_properties_of_the_model_file_override_the_derived_ones(world: World):
    model = (
        "$schema: https://azuremlschemas.azureedge.net/latest/model.schema.json\n"
        "name: m\npath: ../../elsewhere\n"
        "properties: {azureml.promptflow.source_flow_id: mine, azureml.promptflow.mode: chat}\n"
    )
    result = world.deploy(content=package(model__yaml=model))

    release = world.ledger.read(result["job"], "release")
    assert release is not None
    assert release["model_properties"] == {
        "azureml.promptflow.source_flow_id": "mine",
        "azureml.promptflow.mode": "chat",
    }
    assert any("'path' has no effect" in it for it in result["warnings"])


def test_network_restrictions_are_sent_with_a_deprecation_warning(world: World):
    closed = "{egress_public_network_access: Disabled, private_network_connection: true}"
    result = world.deploy(content=package(deploy__yaml=f"deployment: {closed}\n"))

    assert result["outcome"] == "succeeded", result
    spec = spec_of(world)
    assert spec.egress_public_network_access == "Disabled"
    assert spec.private_network_connection is True
    deprecated = [it for it in result["warnings"] if "is deprecated by Azure ML" in it]
    assert len(deprecated) == 2


def test_an_explicit_default_network_does_not_change_the_deployment(world: World):
    world.deploy()
    opened = (
        "deployment: {egress_public_network_access: enabled, private_network_connection: false}\n"
    )
    assert world.deploy(content=package(deploy__yaml=opened))["outcome"] == "unchanged"
