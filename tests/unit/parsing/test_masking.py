"""Secrets in output of Azure, a container or a flow are masked before it is kept or shown."""

import json
import logging
from collections.abc import Callable

import pytest

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.failure import AzureFailure, Denied, Refused, Unavailable
from shared.domain.identifiers.names import EndpointName
from shared.domain.masking import MASK, MOST, masked
from shared.steps.views.endpoints import describe_endpoint, list_endpoints
from shared.steps.views.jobs import describe_job
from tests.fakes.operations import SIGNATURE
from tests.fakes.world import World, package

CANARY = "cAnAry0123456789cAnAry0123456789"
JWT = f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.{CANARY}"
TEXTS = [
    f"https://ws.blob.core.windows.net/c/b?sv=2024-11-04&se=2026-01-01&sr=b&sp=r&sig={CANARY}%3D",
    f"https://x/?next=https%3A%2F%2Fws.blob.core.windows.net%2Fc%3Fsig%3D{CANARY}%253D%26sp%3Dr",
    f"https://management.azure.com/mfeOperationsStatus/odidp:1?t=639&c={CANARY}&s={CANARY}&h={CANARY}",
    f"https://sluice.azurewebsites.net/api/jobs?code={CANARY}==",
    f"Authorization: Bearer {JWT}",
    f"'Authorization': 'Bearer {CANARY}'",
    f"token {JWT} is refused",
    f"DefaultEndpointsProtocol=https;AccountName=ws;AccountKey={CANARY}==;EndpointSuffix=x",
    f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey={CANARY}=",
    f"SharedAccessSignature={CANARY}",
    f"git+https://robot:{CANARY}@github.com/team/repo",
    f"pip install --index-url https://{CANARY}@pkgs.dev.azure.com/team/_packaging/feed/simple",
    f"--extra-index-url=https://:{CANARY}@feed.example.com/simple",
    f"Incorrect API key provided: sk-{CANARY}.",
    f"headers: {{'api-key': '{CANARY}', 'accept': '*/*'}}",
    f"api-key: {CANARY}",
    f"Ocp-Apim-Subscription-Key: {CANARY}",
    f'{{"primaryKey": "{CANARY}", "secondaryKey": "{CANARY}"}}',
    f'{{"access_token":"{CANARY}","expires_in":3600}}',
    f"client_secret={CANARY}&grant_type=client_credentials",
    f"PWD={CANARY};UID=sa",
    f"password = '{CANARY} with words'",
    f"x {'A' * 20}{CANARY}{'B' * 34}== y",
    f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n{CANARY}\n-----END RSA PRIVATE KEY-----",
    f"remote: ghp_{CANARY}",
    f"AZURE_OPENAI_API_KEY={CANARY}",
    f"OPENAI_API_KEY: {CANARY}",
    f"DB_PASSWORD={CANARY}",
    f"PGPASSWORD=p@ss!{CANARY}",
    f"AZURE_CLIENT_SECRET={CANARY}",
    f"AWS_SECRET_ACCESS_KEY={CANARY}/{CANARY}",
    f"SEARCH_KEY={CANARY}",
    f"searchKey: '{CANARY}'",
    f"key1: {CANARY}",
    f'{{"key1": "{CANARY}", "key2": "{CANARY}"}}',
    f"https://pkgs.example.org/simple?token={CANARY}",
    f"secret: {CANARY}",
    f"access-token: {CANARY}",
    f"az login --service-principal -u me --password {CANARY} --tenant t",
    f"Authorization: Basic {CANARY}",
    f"{{'authorization': 'Basic {CANARY}=='}}",
    f"hf_{CANARY}",
    f"MY_xoxb-{CANARY}",
    f"AIza{CANARY}",
    f"glpat-{CANARY}",
    (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC\n\n"
        f"{CANARY}\n-----END RSA PRIVATE KEY-----"
    ),
]
KEPT = [
    'key = os.environ["SEARCH_KEY"]',
    'client = AzureOpenAI(api_key=os.environ["OPENAI_KEY"], azure_endpoint=url)',
    "TypeError: the argument api_key=None is not taken",
    "password: is required",
    "The api_key client option must be set either by passing api_key to the client",
    "Connection 'aoai' not found. Signature of f(question: str) -> str",
    "az role assignment create --role 7f951dda-4ed3-4680-a7ca-43fe172d538d --scope /s",
    "https://ws.blob.core.windows.net/azureml/ImageLogs/4f1c/build.log?sv=2024&sp=r&se=2026",
    "code=ImageBuildFailure; 'sig' is missing",
    'File "/app/flow.py", line 3, in say: raise ValueError("t=1, c=2, s=3, h=4")',
    "The request to key vault kv-team-2024 failed: key: hello, secret: chat-connection-2024",
    "This model's maximum context length is 4097 tokens; token limit: 4097, max_tokens=2000",
    "missing key: 'AZURE_OPENAI_GPT4_DEPLOYMENT_NAME'",
    "key: gpt-4o-mini-2024-07-18, primary key of 7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "the option --password is required, and --token was not given",
    "Basic authentication is disabled for the registry",
    "Authorization: the client has no permission; task-based-summaries-of-everything",
    'token = get_token("https://management.azure.com/.default")',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_secret_is_masked_and_the_text_around_it_stays(text: str):
    found = masked(f"before {text} after")

    assert CANARY not in found
    assert MASK in found
    assert found.startswith("before ")
    assert found.endswith(" after")
    assert masked(found) == found
    assert CANARY not in masked(json.dumps({"message": json.dumps([f"before\n{text}\nafter"])}))


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_text_is_not_masked(text: str):
    assert masked(text) == text


def test_an_access_key_of_aws_is_masked():
    assert masked("id AKIAIOSFODNN7EXAMPLE!") == f"id {MASK}!"


def test_failures_and_signals_mask_their_texts():
    for text in TEXTS:
        assert CANARY not in str(AzureFailure("Code", text))
        signal = Signal("Code", text, text)
        assert CANARY not in signal.message + signal.log


def test_a_giant_log_is_cut_to_its_last_whole_lines():
    log = "\n".join(f"line {number} sig={CANARY}" for number in range(20_000))

    found = masked(log)

    assert CANARY not in found
    assert len(found) <= MOST
    assert found.startswith("line ")
    assert found.splitlines()[-1].startswith("line 19999")


ALL = "\n".join(TEXTS)


def broken_operation(world: World) -> None:
    world.workspace.fail_deployment("ResourceNotReady", ALL, log=f"Container logs:\n{ALL}")


def refused_write(world: World) -> None:
    world.workspace.fail("put_deployment", Refused("BadRequest", ALL, status=400))


def unanswered(world: World) -> None:
    failure = Unavailable("ServiceUnavailable", ALL, status=503)
    world.workspace.fail("put_endpoint", failure, times=10_000)


def denied_write(world: World) -> None:
    world.assets.fail("register_model", Denied("AuthorizationFailed", ALL, status=403))


def answer(world: World) -> None:
    world.scoring.answer(424, {"error": {"message": ALL}}, times=10, reason=ALL)


def another_answer(world: World) -> None:
    world.scoring.answer(200, ALL, times=10)


def fail_unexpectedly(world: World) -> None:
    world.assets.fail("register_model", RuntimeError(ALL))


@pytest.mark.parametrize(
    "spoil",
    [
        broken_operation,
        refused_write,
        unanswered,
        denied_write,
        answer,
        another_answer,
        fail_unexpectedly,
    ],
)
def test_a_failed_job_leaves_no_secret_in_ledger_log_or_result(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture, spoil: Callable[[World], None]
):
    world = make()
    spoil(world)
    manifest = "smoke_test: {expect: {contains: forty-two}}\n"

    with caplog.at_level(logging.DEBUG):
        result = world.deploy(content=package(deploy__yaml=manifest))

    kept = json.dumps([world.engine.calls, result], default=str) + caplog.text
    kept += repr([(event, vars(event)) for event in world.bus.results])
    kept += repr({key: value for key, value in vars(world.ledger).items() if key != "_flows"})
    assert result["outcome"] in {"failed", "rolled back"}
    assert result["diagnosis"]["message"]
    assert CANARY not in kept


def test_the_diagnosis_of_a_masked_message_is_still_found():
    url = f"https://ws.blob.core.windows.net/logs/build.txt?sig={CANARY}"
    found = diagnose(Signal("ImageBuildFailure", f"The build log is at {url}"))

    assert "could not be built" in found.cause
    assert found.message.endswith(f"?sig={MASK}")


def test_the_signature_of_a_status_url_is_masked(
    make: Callable[..., World], caplog: pytest.LogCaptureFixture
):
    world = make()
    with caplog.at_level(logging.DEBUG):
        first = world.deploy()
        world.workspace.fail_deployment("ResourceNotReady")
        second = world.deploy(content=package("# changed"))

    shown = [describe_job(world.ports, it["job"]) for it in (first, second)]
    result = [world.ledger.timeline(it["job"]) for it in (first, second)]
    endpoints = [list_endpoints(world.ports), describe_endpoint(world.ports, EndpointName("hello"))]
    assert [first["outcome"], second["outcome"]] == ["succeeded", "failed"]
    for each in (first, second, shown, result, endpoints, caplog.text):
        assert SIGNATURE not in json.dumps(each, default=str)
