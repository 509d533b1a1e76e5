from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.domain.manifest import Manifest, manifest_schema
from shared.package import Reading, read

type Drop = Callable[[Mapping[str, str]], Reading]

FLOW = """\
inputs:
  question: {type: string}
outputs:
  answer: {type: string, reference: "${inputs.question}"}
nodes:
- {name: a, type: llm, source: {type: code, path: a.jinja2}, connection: aoai, api: chat,
   inputs: {model: m}}
"""
IDENTITY = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
    "/userAssignedIdentities/me"
)


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Read a flow with the given manifests beside it."""

    def written(files: Mapping[str, str]) -> Reading:
        for path, text in {"flow.dag.yaml": FLOW, "a.jinja2": "", **files}.items():
            (tmp_path / path).write_text(text)
        return read(tmp_path)

    return written


def printed_findings(reading: Reading) -> list[str]:
    return [f"{each.severity}: {each}" for each in reading.findings]


def test_without_a_manifest_nothing_is_set(drop: Drop) -> None:
    reading = drop({})
    assert reading.findings == ()
    assert reading.manifest == Manifest()
    assert reading.manifest.model_fields_set == set()
    assert reading.manifest.deployment.instance_type is None
    assert reading.manifest.retain == 1


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "endpoint:\ndeployment:\n", "{}"])
def test_an_empty_manifest_sets_nothing(drop: Drop, text: str) -> None:
    reading = drop({"deploy.yaml": text})
    assert reading.findings == ()
    assert reading.manifest == Manifest()


def test_every_field_of_a_manifest_is_read(drop: Drop) -> None:
    reading = drop(
        {
            "deploy.yml": f"""\
endpoint:
  name: my-chat
  auth_mode: aad_token
  identity:
    type: user_assigned
    user_assigned_identities:
    - resource_id: {IDENTITY}
  tags: {{team: flows, cost: 5, live: yes}}
  public_network_access: disabled
deployment:
  instance_type: Standard_DS3_v2
  instance_count: 3
  environment:
    image: mine:1
    inference_config:
      liveness_route: {{port: 8080, path: /health}}
      readiness_route: {{port: 8080, path: /health}}
      scoring_route: {{port: 8080, path: /score}}
  environment_variables: {{A: 1, B: off, C: 1.5, D: text}}
  request_settings: {{request_timeout_ms: 300000, max_queue_wait_ms: 0}}
  liveness_probe: {{initial_delay: 30, period: 10, failure_threshold: 3}}
  app_insights_enabled: "true"
flow:
  outputs: [answer]
  connections: {{aoai: aoai-prod}}
access:
  connection_secrets: false
smoke_test:
  input: {{question: Are you there?}}
  expect: {{output: answer, contains: yes I am}}
retain: 2
"""
        }
    )
    assert [it.cause for it in reading.findings] == [
        "max_queue_wait_ms is deprecated by Azure ML for managed endpoints; it is sent"
    ]
    endpoint, deployment = reading.manifest.endpoint, reading.manifest.deployment
    assert endpoint.name == "my-chat"
    assert endpoint.identity is not None
    assert endpoint.identity.user_assigned_identities is not None
    assert endpoint.identity.user_assigned_identities[0].resource_id == IDENTITY
    # As in az ml: YAML 1.1, and values written as in Python.
    assert endpoint.tags == {"team": "flows", "cost": "5", "live": "True"}
    assert deployment.environment_variables == {"A": "1", "B": "False", "C": "1.5", "D": "text"}
    assert deployment.app_insights_enabled is True
    assert deployment.request_settings is not None
    assert deployment.request_settings.max_queue_wait_ms == 0
    assert reading.manifest.access.connection_secrets is False
    assert reading.manifest.retain == 2


@pytest.mark.parametrize("said", ["SystemAssigned", "system_assigned", "System_assigned"])
def test_az_mls_spellings_are_accepted(drop: Drop, said: str) -> None:
    text = f"endpoint:\n  auth_mode: AMLToken\n  identity: {{type: {said}}}\n"
    manifest = drop({"deploy.yaml": text}).manifest
    assert manifest.endpoint.auth_mode == "aml_token"
    assert manifest.endpoint.identity is not None
    assert manifest.endpoint.identity.type == "system_assigned"


@pytest.mark.parametrize("said", ["true", "on", "yes", '"True"', '"y"', "1", '"1"'])
def test_booleans_are_read_as_az_ml_reads_them(drop: Drop, said: str) -> None:
    manifest = drop({"deploy.yaml": f"deployment:\n  app_insights_enabled: {said}\n"}).manifest
    assert manifest.deployment.app_insights_enabled is True


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "endpoint:\n  nam: x",
            "deploy.yaml:2: unknown field 'endpoint.nam'. Did you mean 'name'?",
        ),
        ("endpiont: {}", "deploy.yaml:1: unknown field 'endpiont'. Did you mean 'endpoint'?"),
        ("endpoint:\n  name: a_b", "deploy.yaml:2: 'endpoint.name': 'a_b' cannot name an endpoint"),
        ("endpoint:\n  auth_mode: password", "deploy.yaml:2: 'endpoint.auth_mode' must be 'key'"),
        ("endpoint:\n  identity: {type: none}", "deploy.yaml:2: 'endpoint.identity.type' must be"),
        ("endpoint:\n  identity:\n    type: user_assigned", "deploy.yaml:3: a user-assigned"),
        (
            (
                "endpoint:\n  identity:\n    type: system_assigned\n    user_assigned_identities:\n"
                f"    - resource_id: {IDENTITY}"
            ),
            "deploy.yaml:5: a system-assigned identity is requested",
        ),
        (
            (
                "endpoint:\n  identity:\n    type: user_assigned\n    user_assigned_identities:\n"
                "    - resource_id: me"
            ),
            "deploy.yaml:5: 'endpoint.identity.user_assigned_identities.0.resource_id' must",
        ),
        ("deployment:\n  instance_count: 0", "deploy.yaml:2: 'deployment.instance_count' must"),
        ("deployment:\n  instance_count: many", "deploy.yaml:2: 'deployment.instance_count' must"),
        (
            "deployment:\n  request_settings:\n    request_timeout_ms: 300001",
            "deploy.yaml:3: 'deployment.request_settings.request_timeout_ms' must be",
        ),
        ("deployment:\n  environment_variables:\n    A: [1]", "deploy.yaml:3: 'deployment.env"),
        (
            "deployment:\n  environment:\n    image: a\n    build: {path: b}",
            "deploy.yaml:4: an environment has either an image or a build",
        ),
        (
            "deployment:\n  environment:\n    imag: a",
            "deploy.yaml:3: unknown field 'deployment.environment.imag'. Did you mean 'image'?",
        ),
        ("rollout:\n  stages: [10]", "deploy.yaml:2: unknown field 'rollout.stages'"),
        ("rollout:\n  bake: soon", "deploy.yaml:2: 'rollout.bake'"),
        ("rollout:\n  mirror: {percent: 51}", "deploy.yaml:2: 'rollout.mirror.percent' must be"),
        ("rollout: {strategy: canary, step: 5}", "deploy.yaml:1: 'step' belongs to the strategy"),
        (
            "deployment: {name: blue}\nrollout: {strategy: canary}",
            "deploy.yaml:1: a deployment of a fixed name is replaced in place",
        ),
        ("retain: -1", "deploy.yaml:1: 'retain' must be"),
        ("flow:\n  outputs: [anser]", "deploy.yaml:2: the flow has no output 'anser'"),
        ("flow:\n  connections:\n    ai: b", "deploy.yaml:3: the flow uses no connection 'ai'"),
        ("smoke_test:\n  input:\n    q: 1", "deploy.yaml:3: there is no input 'q'"),
        ("smoke_test:\n  expect: {output: x}", "deploy.yaml:2: there is no output 'x'"),
        ("endpoint: 5", "deploy.yaml:1: 'endpoint' must be a mapping. Correct"),
        ("- a", "deploy.yaml:1: this value must be a mapping. Correct"),
        ("endpoint:\n  name: a\n  name: b", "deploy.yaml:3: refused: key 'name'"),
        ("a: !!python/name:os.system", "deploy.yaml:1: refused: the tag"),
    ],
)
def test_each_fault_is_reported_at_its_line(drop: Drop, text: str, finding: str) -> None:
    reading = drop({"deploy.yaml": text})
    assert any(each.startswith(f"error: {finding}") for each in printed_findings(reading)), (
        printed_findings(reading)
    )


def test_faults_of_flow_and_manifest_are_reported_together(drop: Drop) -> None:
    broken = {"flow.dag.yaml": FLOW.replace("inputs.question", "inputs.q"), "deploy.yaml": "a: 1"}
    assert {each.file for each in drop(broken).errors} == {"flow.dag.yaml", "deploy.yaml"}


def test_values_of_environment_variables_are_never_printed(drop: Drop) -> None:
    text = (
        "deployment:\n  environment_variables: {KEY: [hunter2]}\n  app_insights_enabled: hunter2\n"
    )
    assert "hunter2" not in " ".join(printed_findings(drop({"deploy.yaml": text})))


def test_deploy_yaml_and_deploy_yml_together_are_an_error(drop: Drop) -> None:
    assert drop({"deploy.yaml": "", "deploy.yml": ""}).errors[0].file == "deploy.yml"


def test_the_schema_describes_every_field() -> None:
    schema = manifest_schema()
    for name, spec in [("Manifest", schema), *schema["$defs"].items()]:
        for field, said in spec["properties"].items():
            assert said.get("description"), f"{name}.{field}"
    assert set(schema["properties"]) == {
        *(
            "endpoint",
            "deployment",
            "model",
            "flow",
            "access",
            "smoke_test",
            "comparison",
            "rollout",
            "approval",
            "retain",
            "ttl",
        )
    }
