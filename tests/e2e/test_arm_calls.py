"""Compare the writes for a manifest with every setting with the reference."""

import os
from pathlib import Path

from docs.arm_calls import PAGE, Sent, page, shown
from local import cloud
from tests.e2e.client import Client, zipped

EVERYTHING = f"""\
endpoint:
  name: everything
  auth_mode: aml_token
  description: Uses every setting
  tags: {{team: flows}}
  properties: {{purpose: reference}}
  public_network_access: enabled
  identity:
    type: user_assigned
    user_assigned_identities:
      - resource_id: {cloud.USER_IDENTITY_ID}
deployment:
  name: blue
  instance_type: Standard_DS3_v2
  instance_count: 3
  high_availability: true
  description: The blue one
  tags: {{colour: blue}}
  app_insights_enabled: true
  scale_settings: {{type: default}}
  environment:
    build: {{path: image_build, dockerfile_path: Dockerfile}}
    inference_config:
      liveness_route: {{port: 8080, path: /health}}
      readiness_route: {{port: 8080, path: /health}}
      scoring_route: {{port: 8080, path: /score}}
  environment_variables: {{MODEL: gpt-4o-mini}}
  request_settings:
    request_timeout_ms: 120000
    max_concurrent_requests_per_instance: 4
    max_queue_wait_ms: 60000
  liveness_probe: {{initial_delay: 30, period: 10, timeout: 2, failure_threshold: 30}}
  readiness_probe: {{initial_delay: 10, period: 5, timeout: 2, success_threshold: 1}}
  data_collector:
    rolling_rate: hour
    sampling_rate: 0.5
    request_logging: {{capture_headers: [x-request-id]}}
    collections:
      model_inputs: {{enabled: "true"}}
      model_outputs: {{enabled: "true", data: {{name: answers, version: "1"}}}}
model:
  properties: {{azureml.promptflow.mode: chat}}
flow:
  outputs: [answer]
  connections:
    open_ai_connection: ${{{{azureml://connections/open_ai_connection}}}}
access:
  connection_secrets: true
  metrics_writer: true
smoke_test:
  input: {{question: Are you there?}}
retain: 0
ttl: P30D
"""
LITTLE = """\
endpoint:
  name: little
"""


_ANEW = "SLUICE_WRITE_REFERENCE=1 writes it anew"


def test_writes_to_azure_match_the_reference(echo: Client, samples: Path):
    dockerfile = (Path(__file__).parents[1] / "fixtures/az_ml/image_build/Dockerfile").read_text()
    flow = (samples / "hello" / "flow.dag.yaml").read_text()
    more = {
        "flow__dag__yaml": flow + "environment_variables: {KEY: '${open_ai_connection.api_key}'}\n",
        "image_build/Dockerfile": dockerfile,
        "image_build/requirements__txt": "httpx\n",
    }
    releases: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("A manifest that uses every setting", EVERYTHING, more),
        ("A manifest that says almost nothing", LITTLE, {}),
    )
    sent: list[Sent] = []
    for title, manifest, files in releases:
        before = len(echo.writes())
        content = zipped(samples / "hello", deploy__yaml=manifest, **files)
        result = echo.deploy(f"reference-{len(sent)}.zip", content)
        assert result["outcome"] == "succeeded", (result["diagnosis"], result["findings"])
        calls = [it for it in echo.writes()[before:] if it["method"] == "PUT"]
        sent.append(Sent(title, manifest, tuple(calls)))

    if os.environ.get("SLUICE_WRITE_REFERENCE"):
        PAGE.write_text(page(sent, echo.workspace), encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    blocks = [shown(call, echo.workspace) for release in sent for call in release.calls]
    assert [block for block in blocks if block not in written] == [], _ANEW
    # Roles and assets of earlier tests are not written again.
    not_sent = [
        it for it in written.split("### ")[1:] if it.partition("\n")[0] not in "".join(blocks)
    ]
    assert all("roleAssignments" in it or "environments/" in it for it in not_sent), _ANEW
