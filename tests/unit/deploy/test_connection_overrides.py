"""Connections that replace those that a flow names."""

from collections.abc import Callable
from typing import Any

from shared.domain.access.roles import CONNECTION_SECRETS_READER
from tests.fakes.world import FLOW, World, package
from tests.unit.deploy.shown import causes, spec_of
from tests.unit.deploy.test_rights import roles_of

ASKED_LLM = (
    "{name: b, type: llm, api: chat, source: {type: code, path: b.jinja2}, connection: my conn, "
    "inputs: {model: m}}"
)
CHAT = "user:\nHello\n"
ASKS = f"{FLOW}- {ASKED_LLM}\n"


def _asking(make: Callable[..., World], manifest: str) -> tuple[World, dict[str, Any]]:
    world = make(workspace={"connections": ["prod", "search"]})
    content = package(flow=ASKS, deploy__yaml=manifest, b__jinja2=CHAT)
    return world, world.deploy(content=content)


def test_a_connection_is_replaced_by_name(make: Callable[..., World]):
    world, result = _asking(make, 'flow: {connections: {"my conn": prod}}\n')
    assert result["outcome"] == "succeeded", result
    assert spec_of(world).environment_variables["my_conn"] == "prod"


def test_a_connection_is_replaced_by_reference(make: Callable[..., World]):
    value = "${{azureml://connections/prod}}"
    world, result = _asking(make, f'flow: {{connections: {{"my conn": "{value}"}}}}\n')
    assert result["outcome"] == "succeeded", result
    assert spec_of(world).environment_variables["my_conn"] == value


def test_single_fields_of_a_connection_are_replaced(make: Callable[..., World]):
    target = "${{azureml://connections/search/target}}"
    said = f'flow: {{connections: {{"my conn": {{api_base: "{target}", n: 1}}}}}}\n'
    world, result = _asking(make, said)
    assert result["outcome"] == "rejected"
    assert "'my conn', which the workspace does not have" in causes(result)

    world.workspace.there.connections |= {"my conn"}
    result = world.deploy(content=package(flow=ASKS, deploy__yaml=said, b__jinja2=CHAT))
    variables = spec_of(world).environment_variables
    assert (variables["MY_CONN_API_BASE"], variables["MY_CONN_N"]) == (target, "1")


def test_a_missing_replacement_connection_is_refused(make: Callable[..., World]):
    result = _asking(make, 'flow: {connections: {"my conn": gone}}\n')[1]
    assert "uses the connection 'gone', which the workspace does not have" in causes(result)

    said = (
        'flow: {connections: {"my conn": prod}}\n'
        'deployment: {environment_variables: {KEY: "${{azureml://connections/gone/target}}"}}\n'
    )
    result = _asking(make, said)[1]
    assert "KEY takes its value from the connection 'gone'" in causes(result)


def test_a_reference_that_azure_cannot_resolve_is_refused(make: Callable[..., World]):
    value = "${{azureml://connections/prod/secret}}"
    result = _asking(make, f'flow: {{connections: {{"my conn": "{value}"}}}}\n')[1]
    assert "is not a reference that Azure resolves" in causes(result)


def test_replacements_that_the_runtime_would_confuse_are_refused(make: Callable[..., World]):
    more = "- {name: c, type: llm, source: {type: code, path: say.py}, connection: prod}\n"
    world = make(workspace={"connections": ["prod"]})
    said = 'flow: {connections: {"my conn": prod}}\n'
    result = world.deploy(content=package(flow=ASKS + more, deploy__yaml=said))
    assert "the runtime would lose 'prod'" in causes(result)


def test_a_variable_may_use_a_connection_that_the_flow_does_not_use(
    make: Callable[..., World],
):
    said = (
        "deployment:\n  environment_variables: {KEY: '${prod.api_key}', URL: '${prod.base_url}'}\n"
    )
    world = make(workspace={"connections": ["prod"]})
    result = world.deploy(content=package(flow=FLOW, deploy__yaml=said))
    assert result["outcome"] == "succeeded", result
    variables = spec_of(world).environment_variables
    assert variables["KEY"] == "${{azureml://connections/prod/credentials/key}}"
    assert variables["URL"] == "${{azureml://connections/prod/target}}"
    assert roles_of(result) == [CONNECTION_SECRETS_READER.name]


def test_a_key_of_a_missing_connection_is_refused(make: Callable[..., World]):
    said = "deployment: {environment_variables: {KEY: '${gone.api_key}'}}\n"
    world = make(workspace={"connections": ["prod"]})
    result = world.deploy(content=package(flow=FLOW, deploy__yaml=said))
    assert result["outcome"] == "rejected"
    assert "KEY takes its value from the connection 'gone'" in causes(result)

    said = "deployment: {environment_variables: {KEY: '${prod.api_base}'}}\n"
    result = world.deploy(content=package(flow=FLOW, deploy__yaml=said))
    assert result["outcome"] == "rejected"
    assert "'api_base' of the connection 'prod', which the category OpenAI" in causes(result)


def test_a_replaced_field_may_be_a_key_of_another_connection(make: Callable[..., World]):
    said = 'flow: {connections: {"my conn": {api_base: "${search.base_url}"}}}\n'
    world = make(workspace={"connections": ["my conn", "search"]})
    result = world.deploy(content=package(flow=ASKS, deploy__yaml=said, b__jinja2=CHAT))
    assert result["outcome"] == "succeeded", result
    variables = spec_of(world).environment_variables
    assert variables["MY_CONN_API_BASE"] == "${{azureml://connections/search/target}}"


def test_the_runtime_resolves_keys_of_a_connection_with_replaced_fields(
    make: Callable[..., World],
):
    said = (
        'flow: {connections: {"my conn": prod}}\n'
        'deployment: {environment_variables: {KEY: "${my conn.api_key}"}}\n'
    )
    world, result = _asking(make, said)
    assert result["outcome"] == "succeeded", result
    assert spec_of(world).environment_variables["KEY"] == "${my conn.api_key}"
