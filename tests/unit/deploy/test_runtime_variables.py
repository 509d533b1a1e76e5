"""What the runtime is told so that it measures."""

import json

from tests.fakes.world import make_world, package


def variables(manifest: str) -> dict[str, str]:
    there = make_world()
    assert there.deploy("hello", package(deploy__yaml=manifest))["outcome"] == "succeeded"
    (((_, name), spec),) = there.workspace.there.specs.items()
    assert name == spec.name
    return dict(spec.environment_variables)


def test_with_application_insights_the_runtime_is_told_to_count() -> None:
    told = variables("deployment:\n  app_insights_enabled: true\n")
    assert told["PF_DISABLE_TRACING"] == "false"
    named = json.loads(told["PF_SERVING_METRICS_COMMON_DIMENSIONS"])
    assert named["endpoint"] == "hello"
    assert f"deployment.deployment_name={named['deployment']}" in told["PRT_CONFIG_OVERRIDE"]


def test_without_it_the_runtime_is_left_alone() -> None:
    assert not [name for name in variables("retain: 1\n") if name.startswith("PF_")]


def test_what_the_manifest_says_itself_wins() -> None:
    told = variables(
        "deployment:\n"
        "  app_insights_enabled: true\n"
        "  environment_variables: {PF_DISABLE_TRACING: 'true'}\n"
    )
    assert told["PF_DISABLE_TRACING"] == "true"
