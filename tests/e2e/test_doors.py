"""Each sample through each door."""

import threading
from pathlib import Path
from typing import Any

import pytest

from local import cloud
from tests.e2e.client import Client, wait, zipped

SECRETS_READER = "ea01e6af-a1c1-4350-9563-ad00f8c72ec5"


def _by_blob(client: Client, path: str, content: bytes) -> None:
    client.flows.upload_blob(path, content)


def _lay(client: Client, path: str, content: bytes) -> dict[str, Any]:
    """Upload where the blob door ignores it; return the request that names it."""
    client.flows.upload_blob(path.replace(".zip", ".package"), content)
    return {
        "source": {"blob": path.replace(".zip", ".package")},
        "manifest": {"endpoint": {"name": path.removesuffix(".zip")}},
    }


def _by_message(client: Client, path: str, content: bytes) -> None:
    client.send(_lay(client, path, content))


def _by_call(client: Client, path: str, content: bytes) -> None:
    answer = client.call("POST", "deployments", json=_lay(client, path, content))
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.json()["url"]


DOORS = {"blob": _by_blob, "bus": _by_message, "http": _by_call}
SAMPLES = {
    "hello": "succeeded",
    "chat": "succeeded",
    "flex": "succeeded",
    "script": "succeeded",
    "mlflow": "succeeded",
    "registry": "succeeded",
    "container": "succeeded",
    "evaluate": "rejected",
    "broken": "rejected",
}


@pytest.fixture(scope="module")
def asked(client: Client, samples: Path) -> Client:
    """Send every sample through every door."""
    for sample in SAMPLES:
        for door, put in DOORS.items():
            put(client, f"{sample}-{door}.zip", zipped(samples / sample))
    return client


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("sample", "outcome"), SAMPLES.items())
def test_each_sample_is_deployed_through_each_door(
    asked: Client, sample: str, outcome: str, door: str
):
    name = f"{sample}-{door}"

    def made() -> str | None:
        jobs = asked.call("GET", "jobs").json()["jobs"]
        return next((it["job"] for it in jobs if it["source"].startswith(f"{name}.")), None)

    job = wait(made, 300, f"{sample} made no job at the door {door}")
    result = asked.outcome(job)

    assert result["outcome"] == outcome, result
    assert result["door"] == door
    if outcome == "rejected":
        assert all(finding["cause"] and finding["remedy"] for finding in result["findings"])
    else:
        assert result["endpoint"] == name
        assert asked.score(name, result["sample_request"]).status_code == 200


def test_a_folder_uploaded_file_by_file_makes_one_job(client: Client, samples: Path):
    before = {it["job"] for it in client.call("GET", "jobs").json()["jobs"]}
    folder = samples / "hello"
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        name = f"team/by-folder/{path.relative_to(folder).as_posix()}"
        client.flows.upload_blob(name, path.read_bytes())

    def made() -> list[dict[str, Any]]:
        jobs = client.call("GET", "jobs").json()["jobs"]
        return [it for it in jobs if it["job"] not in before]

    jobs = wait(made, 300, "the folder made no job")
    result = client.outcome(jobs[0]["job"])

    assert result["outcome"] == "succeeded"
    assert result["endpoint"] == "by-folder"
    assert len(made()) == 1


def test_a_folder_with_a_script_is_deployed_and_answers(client: Client, samples: Path):
    folder = samples / "script"
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in files:
        name = f"team/reading-time/{path.relative_to(folder).as_posix()}"
        client.flows.upload_blob(name, path.read_bytes())

    def made() -> str | None:
        jobs = client.call("GET", "jobs").json()["jobs"]
        return next((it["job"] for it in jobs if "team/reading-time/" in it["source"]), None)

    result = client.outcome(wait(made, 300, "the folder made no job"))

    assert result["outcome"] == "succeeded", result
    answer = client.score("reading-time", {"text": "one two three"})
    assert answer.json() == {"words": 3, "minutes": 0.01}


def test_a_folder_with_a_model_is_deployed_answers_and_is_redeployed(client: Client, samples: Path):
    """The folder that MLflow has written, alone, in the flows container."""
    folder = samples / "mlflow" / "model"
    for path in sorted(it for it in folder.iterdir() if it.is_file()):
        client.flows.upload_blob(f"team/plot-price/{path.name}", path.read_bytes())

    def made() -> str | None:
        jobs = client.call("GET", "jobs").json()["jobs"]
        return next((it["job"] for it in jobs if "team/plot-price/" in it["source"]), None)

    result = client.outcome(wait(made, 300, "the folder made no job"))

    assert result["outcome"] == "succeeded", result
    frame = {"columns": ["width", "length"], "index": [0], "data": [[2.0, 3.0]]}
    asked = {"input_data": frame}
    answer = client.score("plot-price", asked)
    assert answer.json() == [{"area": 6.0, "price": 720.0}]
    again = client.call("POST", "endpoints/plot-price/redeploy", json={})
    assert client.outcome(again.json()["job"])["outcome"] == "unchanged"


def test_a_script_without_az_ml_files_is_deployed(client: Client, samples: Path, tmp_path: Path):
    for path in ("conda.yaml", "src/score.py", "src/words.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / Path(path).name).write_bytes((samples / "script" / path).read_bytes())
    (tmp_path / "src").rmdir()

    result = client.outcome(client.drop("bare-script.zip", zipped(tmp_path)))

    assert result["outcome"] == "succeeded", result
    assert client.score("bare-script", {"text": "a b"}).json()["words"] == 2


def test_a_folder_with_a_container_is_deployed_and_answers(client: Client, samples: Path):
    folder = samples / "container"
    for path in (it for it in folder.rglob("*") if it.is_file() and it.suffix != ".pyc"):
        client.flows.upload_blob(
            f"team/word-count/{path.relative_to(folder).as_posix()}", path.read_bytes()
        )

    def made() -> str | None:
        jobs = client.call("GET", "jobs").json()["jobs"]
        return next((it["job"] for it in jobs if "team/word-count/" in it["source"]), None)

    result = client.outcome(wait(made, 300, "the folder made no job"))

    assert result["outcome"] == "succeeded", result
    answer = client.score("word-count", {"text": "one two three"})
    assert answer.json() == {"words": 3, "longest": "three"}


def test_a_container_without_az_ml_files_is_deployed_and_redeployed(
    client: Client, samples: Path, tmp_path: Path
):
    for name in ("Dockerfile", "app.py", "requirements.txt", "deploy.yaml"):
        (tmp_path / name).write_bytes((samples / "container" / name).read_bytes())
    first = client.outcome(client.drop("bare-container.zip", zipped(tmp_path)))
    assert first["outcome"] == "succeeded", first
    client.outcome(client.drop("bare-container.zip", zipped(tmp_path, more__txt="more")))

    call = client.call("POST", "endpoints/bare-container/redeploy", json={"revision": "previous"})
    again = client.outcome(call.json()["job"])

    assert again["outcome"] == "succeeded", again
    assert client.traffic("bare-container") == {first["deployment"]: 100}
    assert client.score("bare-container", {"text": "a b"}).json()["words"] == 2


def test_an_image_that_the_stack_cannot_build_says_who_cannot(client: Client, tmp_path: Path):
    (tmp_path / "Dockerfile").write_text("FROM rocker/r-ver:4.4.1\nEXPOSE 80\nCMD R\n")
    (tmp_path / "deploy.yaml").write_text("smoke_test: {input: {a: 1}}\n")

    result = client.outcome(client.drop("foreign.zip", zipped(tmp_path)))

    assert result["outcome"] == "failed", result
    assert "The local stack cannot build this here, Azure may" in str(result["diagnosis"])


def test_the_chat_sample_remembers_its_first_turn(client: Client, samples: Path):
    result = client.deploy("chatty.zip", zipped(samples / "chat"))
    question, history, answer = _chat_names(result)
    first = client.score("chatty", {question: "My name is Ada", history: []}).json()
    turn = {"inputs": {question: "My name is Ada"}, "outputs": {answer: first[answer]}}

    second = client.score("chatty", {question: "And now?", history: [turn]}).json()

    assert second[answer] != first[answer]
    assert "Ada" in second[answer]


def _chat_names(result: dict[str, Any]) -> tuple[str, str, str]:
    names = list(result["sample_request"])
    history = next(name for name in names if "history" in name)
    return next(name for name in names if name != history), history, "answer"


def test_a_refused_grant_is_named_and_the_job_continues_once_it_is_made(
    client: Client, samples: Path
):
    refusal = {
        "method": "PUT",
        "path": ".*/roleAssignments/.*",
        "times": -1,
        "status": 403,
        "body": {"error": {"code": "AuthorizationFailed", "message": "no authorization"}},
    }
    # If Sluice may read the secrets itself, Azure grants the role; here it may not.
    blind = {
        "method": "GET",
        "path": "Microsoft.Authorization/permissions",
        "times": -1,
        "status": 200,
        "body": {"value": [{"actions": ["*/read"], "notActions": []}]},
    }
    with client.fault(refusal, blind):
        job = client.drop("granted.zip", zipped(samples / "chat"))

        def waiting() -> dict[str, Any] | None:
            shown = client.job(job)
            return shown if shown and shown["state"] == "waiting" else None

        shown = wait(waiting, 300, "the job does not wait for its grant")
        note = next(it["note"] for it in shown["steps"] if it["state"] == "waiting")
    endpoint = client.endpoint("granted")
    assert endpoint is not None
    principal = endpoint["identity"]["principalId"]
    assert f"--assignee-object-id {principal}" in note
    assert SECRETS_READER in note
    assert f"--scope {client.workspace}" in note

    given = client.arm(
        "PUT",
        f"{client.workspace}/providers/Microsoft.Authorization/roleAssignments/"
        "5a1d0c9e-0000-4000-8000-00000000f001",
        "2022-04-01",
        json={
            "properties": {
                "roleDefinitionId": f"/subscriptions/{cloud.SUBSCRIPTION}/providers/"
                f"Microsoft.Authorization/roleDefinitions/{SECRETS_READER}",
                "principalId": principal,
                "principalType": "ServicePrincipal",
            }
        },
    )
    assert given.status_code in {200, 201, 409}, given.text
    assert client.outcome(job)["outcome"] == "succeeded"


def test_the_api_requires_a_key_except_for_health(client: Client):
    stranger = Client({**client.facts, "function_key": "wrong"})

    assert stranger.call("GET", "jobs").status_code == 401
    assert stranger.call("GET", "health").json()["status"] == "ok"


def test_a_redeploy_of_the_previous_revision_restores_it(client: Client, samples: Path):
    first = client.deploy("again.zip", zipped(samples / "hello"))
    client.deploy("again.zip", zipped(samples / "hello", extra__txt="more"))

    answer = client.call("POST", "endpoints/again/redeploy", json={"revision": "previous"})
    result = client.outcome(answer.json()["job"])

    assert result["outcome"] == "succeeded"
    assert result["digest"] == first["digest"]
    assert client.traffic("again") == {first["deployment"]: 100}


def test_concurrent_calls_with_one_key_are_one_job(client: Client, samples: Path):
    client.outcome(client.drop("keyed.zip", zipped(samples / "hello")))
    jobs: list[str] = []

    def ask() -> None:
        answer = client.call(
            "POST", "endpoints/keyed/redeploy", json={}, headers={"Idempotency-Key": "k-1"}
        )
        jobs.append(answer.json()["job"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(jobs) == 8
    assert len(set(jobs)) == 1
    other = {"revision": "previous"}
    answer = client.call(
        "POST", "endpoints/keyed/redeploy", json=other, headers={"Idempotency-Key": "k-1"}
    )
    assert answer.status_code == 409
