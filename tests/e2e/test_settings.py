"""Settings of the deployment, its environment and its connections, end to end."""

import shutil
from pathlib import Path
from typing import Any

from local.serving.openai import KEY as OPENAI_KEY
from tests.e2e.client import Client, zipped

AZ_ML = Path(__file__).parents[1] / "fixtures" / "az_ml"


def _put(client: Client, endpoint: str, name: str) -> dict[str, Any]:
    """Return the deployment as Azure shows it."""
    return next(it for it in client.deployments(endpoint) if it["name"] == name)


def _since(client: Client, count: int) -> list[str]:
    calls = [it for it in client.calls() if it["host"] == "management.azure.com"]
    return [f"{it['method']} {it['path']}" for it in calls[count:]]


def _count(client: Client) -> int:
    return sum(it["host"] == "management.azure.com" for it in client.calls())


def test_an_environment_without_inference_config_is_refused_before_any_write(
    echo: Client, samples: Path
):
    body = {"properties": {"image": "example.test/mine:1", "osType": "Linux"}}
    made = echo.arm("PUT", f"{echo.workspace}/environments/bare/versions/1", json=body)
    assert made.status_code == 201
    before = _count(echo)

    for number, said in enumerate(("{image: 'example.test/mine:1'}", "azureml:bare@latest")):
        manifest = f"deployment: {{environment: {said}}}\n"
        result = echo.deploy(f"bare-{number}.zip", zipped(samples / "hello", deploy__yaml=manifest))

        assert result["outcome"] == "rejected"
        [finding] = [it for it in result["findings"] if it["severity"] == "error"]
        assert "MissingDriverProgram" in finding["cause"]
        assert finding["remedy"].startswith("Recommended: remove it, and name the image")

    calls = _since(echo, before)
    assert calls, "the environment was looked up"
    assert [call for call in calls if not call.startswith("GET ")] == [], calls


def test_a_quota_that_is_too_small_is_refused_with_its_figures(echo: Client, samples: Path):
    manifest = "deployment: {instance_type: Standard_E4s_v3, instance_count: 3}\n"
    content = zipped(samples / "hello", deploy__yaml=manifest)
    before = _count(echo)
    echo.admin("POST", "settings", json={"quota": {"standardESv3Family": 12}})
    try:
        result = echo.deploy("cramped.zip", content)
    finally:
        echo.admin("POST", "settings", json={"quota": {"standardESv3Family": -1}})

    assert result["outcome"] == "rejected"
    assert "3 x Standard_E4s_v3 need 16 cores" in result["findings"][0]["cause"]
    assert "0 of 12 are used" in result["findings"][0]["cause"]
    assert [call for call in _since(echo, before) if not call.startswith("GET ")] == []


def test_a_fixed_name_is_replaced_in_place_and_put_back_when_it_fails(echo: Client, samples: Path):
    def content(said: str) -> bytes:
        manifest = f"deployment: {{name: blue, environment_variables: {{SAID: {said}}}}}\n"
        return zipped(samples / "hello", deploy__yaml=manifest)

    assert echo.deploy("fixed.zip", content("one"))["deployment"] == "blue"
    old = _put(echo, "fixed", "blue")["properties"]

    answer = {"error": {"message": "boom"}}
    with echo.fault(path="/score", host="^fixed", times=-1, status=424, body=answer):
        job = echo.drop("fixed.zip", content("two"))
        result = echo.outcome(job)
    shown = echo.job(job)

    assert result["outcome"] == "rolled back", result
    assert shown is not None
    titles = [step["title"] for step in shown["plan"]["steps"]]
    assert "Replace deployment blue in place" in titles
    back = _put(echo, "fixed", "blue")["properties"]
    assert back["environmentVariables"] == old["environmentVariables"]
    assert back["environmentVariables"]["SAID"] == "one"
    assert back["provisioningState"] == "Succeeded"
    assert echo.traffic("fixed") == {"blue": 100}

    assert echo.deploy("fixed.zip", content("two"))["outcome"] == "succeeded"
    new = _put(echo, "fixed", "blue")["properties"]
    assert new["environmentVariables"]["SAID"] == "two"


def test_collected_data_gets_data_assets(echo: Client, samples: Path):
    manifest = """\
deployment:
  app_insights_enabled: true
  data_collector:
    sampling_rate: 0.5
    collections: {model_inputs: {enabled: "true"}, model_outputs: {enabled: "true"}}
"""
    result = echo.deploy("collected.zip", zipped(samples / "hello", deploy__yaml=manifest))

    assert result["outcome"] == "succeeded", result
    name = result["deployment"]
    inner = _put(echo, "collected", name)["properties"]
    assert inner["appInsightsEnabled"] is True
    collected = inner["dataCollector"]["collections"]
    assert set(collected) == {"model_inputs", "model_outputs"}
    for kind, collection in collected.items():
        assert collection["dataCollectionMode"] == "enabled"
        assert collection["samplingRate"] == 0.5
        asset = echo.arm("GET", collection["dataId"]).json()["properties"]
        assert asset["dataUri"].endswith(f"/modelDataCollector/collected/{name}/{kind}")


def test_az_ml_files_beside_a_flow_with_another_connection_are_deployed(
    client: Client, samples: Path, tmp_path: Path
):
    """Endpoint, model and a deployment with a Docker context, unchanged; the flow answers.

    The connection that the flow names does not exist in the workspace: another one, injected by
    Azure, replaces it.
    """
    root = tmp_path / "flow"
    shutil.copytree(samples / "chat", root)
    shutil.copytree(AZ_ML / "image_build", root / "image_build")
    for target, source in (
        ("endpoint", "endpoint-system"),
        ("model", "model"),
        ("deployment", "deployment-docker"),
    ):
        shutil.copy(AZ_ML / f"{source}.yaml", root / f"my-{target}.yml")
    flow = (root / "flow.dag.yaml").read_text().replace("open_ai_connection\n", "nowhere\n")
    (root / "flow.dag.yaml").write_text(flow)
    stand_in = "${{azureml://connections/open_ai_connection}}"
    (root / "deploy.yaml").write_text(f'flow: {{connections: {{nowhere: "{stand_in}"}}}}\n')

    result = client.deploy("az-ml.zip", zipped(root))

    assert result["outcome"] == "succeeded", result
    assert (result["endpoint"], result["deployment"]) == ("az-ml-chat", "blue")
    assert result["image"] == "built from image_build/Dockerfile"
    shown = client.endpoint("az-ml-chat")
    assert shown is not None
    secrets = shown["properties"]["properties"]["enforce_access_to_default_secret_stores"]
    assert secrets == "enabled"
    model = client.arm("GET", _put(client, "az-ml-chat", "blue")["properties"]["model"]).json()
    assert model["properties"]["properties"]["azureml.promptflow.chat_input"] == "question"
    answer = client.score("az-ml-chat", {"question": "Who is Ada?"})
    assert answer.json() == {"answer": "Turn 1. You said: Who is Ada?"}


def test_az_ml_files_with_a_user_identity_and_an_image_are_deployed(
    echo: Client, samples: Path, tmp_path: Path
):
    root = tmp_path / "flow"
    shutil.copytree(samples / "hello", root)
    shutil.copy(AZ_ML / "endpoint-user.yaml", root / "endpoint.yaml")
    shutil.copy(AZ_ML / "deployment-image.yaml", root / "deployment.yaml")

    result = echo.deploy("az-ml-user.zip", zipped(root))

    assert result["outcome"] == "succeeded", result
    assert (result["endpoint"], result["deployment"]) == ("az-ml-chat-user", "blue")
    assert result["image"] == "mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest"
    warnings = " | ".join(result["warnings"])
    assert "requirements.txt is not installed" in warnings
    assert "PRT_CONFIG_OVERRIDE is a template" in warnings
    inner = _put(echo, "az-ml-chat-user", "blue")["properties"]
    assert inner["environmentVariables"]["AZURE_CLIENT_ID"]
    assert "<" not in inner["environmentVariables"]["PRT_CONFIG_OVERRIDE"]
    assert inner["instanceType"] == "Standard_E16s_v3"


def test_only_the_configured_outputs_are_returned(client: Client, samples: Path):
    """One output is a key of a connection that the flow does not use."""
    manifest = """\
flow: {outputs: [answer]}
smoke_test: {expect: {output: answer}}
deployment: {environment_variables: {MY_KEY: "${open_ai_connection.api_key}"}}
"""
    tool = """\
import os
from promptflow.core import tool

@tool
def answer(counted: dict) -> str:
    return os.environ["MY_KEY"]
"""
    content = zipped(samples / "hello", deploy__yaml=manifest, answer__py=tool)
    result = client.deploy("outputs.zip", content)

    assert result["outcome"] == "succeeded", result
    assert client.score("outputs", {"question": "two words"}).json() == {"answer": OPENAI_KEY}
