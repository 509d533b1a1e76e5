"""Environment variables that let the runtime record metrics."""

import json

from tests.fakes.world import make_world, package


def variables(manifest: str) -> dict[str, str]:
    there = make_world()
    assert there.deploy("hello", package(deploy__yaml=manifest))["outcome"] == "succeeded"
    (((_, name), spec),) = there.workspace.there.specs.items()
    assert name == spec.name
    return dict(spec.environment_variables)


def test_with_application_insights_tracing_is_switched_on() -> None:
    sent = variables("deployment:\n  app_insights_enabled: true\n")
    assert sent["PF_DISABLE_TRACING"] == "false"
    named = json.loads(sent["PF_SERVING_METRICS_COMMON_DIMENSIONS"])
    assert named["endpoint"] == "hello"
    assert f"deployment.deployment_name={named['deployment']}" in sent["PRT_CONFIG_OVERRIDE"]


def test_without_application_insights_no_variable_is_set() -> None:
    assert not [name for name in variables("retain: 1\n") if name.startswith("PF_")]


def test_a_variable_set_in_the_manifest_wins() -> None:
    sent = variables(
        "deployment:\n"
        "  app_insights_enabled: true\n"
        "  environment_variables: {PF_DISABLE_TRACING: 'true'}\n"
    )
    assert sent["PF_DISABLE_TRACING"] == "true"
