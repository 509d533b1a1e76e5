"""The sweep forgets what ended long ago, in the ledger and in the engine, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient
from durabletask.client import TaskHubGrpcClient

from bench.pattern import Pattern
from local.addresses import addresses_of
from local.app_settings import LEDGER_CONTAINER
from local.options import Options
from local.stack import Stack
from shared.adapters.copies import open_sources
from shared.adapters.ledger import BlobLedger
from tests.e2e.client import Client, wait, zipped
from tests.e2e.conftest import SETTINGS

FORTY_DAYS = 40 * 24 * 3600


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that keeps jobs for a day."""
    options = Options(
        endpoint_seconds=0.1,
        deployment_seconds=0.1,
        grant_seconds=0.1,
        serve="echo",
        settings={**SETTINGS, "RETENTION_DAYS": "1"},
    )
    with Stack(tmp_path_factory.mktemp("retention"), options) as running:
        yield running


@pytest.fixture(scope="module")
def ledger(stack: Stack) -> ContainerClient:
    account = BlobServiceClient.from_connection_string(stack.facts["storage_connection_string"])
    return account.get_container_client(LEDGER_CONTAINER)


def test_old_jobs_go_and_what_serves_or_can_be_gone_back_to_stays(
    stack: Stack, ledger: ContainerClient, samples: Path
):
    client, wrong = Client(stack.facts), zipped(samples / "hello", deploy__yaml="ttl: soon\n")
    versions = [zipped(samples / "hello", more__py=f"n = {number}\n") for number in range(3)]
    released = [client.drop("kept.zip", versions[0])]
    client.outcome(released[0])
    refused = client.drop("kept.zip", wrong)
    client.outcome(refused)
    released += [client.drop("kept.zip", versions[1])]
    second = client.outcome(released[1])
    released += [client.drop("kept.zip", versions[2])]
    assert client.outcome(released[2])["outcome"] == "succeeded"
    gone, there = (client.drop(f"{name}.zip", wrong) for name in ("gone", "there"))
    for job in (gone, there):
        assert client.outcome(job)["outcome"] == "rejected"
    client.flows.delete_blob("gone.zip")
    client.flows.delete_blob("kept.zip")
    wait(lambda: not list(ledger.list_blob_names(name_starts_with="open/")), 300, "jobs are open")
    assert _orchestrations(stack) == {*released, refused, gone, there}

    stack.kill("functions_host")
    for job, endpoint in (
        *((it, "kept") for it in (*released, refused)),
        *((gone, "gone"), (there, "there")),
    ):
        _age(client, ledger, job, endpoint)
    stack.start_part("functions_host")
    young = client.drop("young.zip", wrong)

    wait(lambda: not _blobs(ledger, refused, gone), 300, "they are not forgotten")
    client.outcome(young)
    assert _orchestrations(stack) == {*released, there, young}
    listed = client.call("GET", "jobs").json()["jobs"]
    assert {it["job"] for it in listed} == {*released, there, young}
    assert client.call("GET", f"jobs/{gone}").status_code == 404
    assert all(client.job(job) for job in (*released, there))

    back = client.call("POST", "endpoints/kept/rollback")
    assert back.status_code == 202, back.text
    assert client.outcome(back.json()["job"])["outcome"] == "succeeded"
    assert client.traffic("kept") == {second["deployment"]: 100}
    assert len(client.results(there)) == 1, "the drop that still lies there is no new one"


def _age(client: Client, ledger: ContainerClient, job: str, endpoint: str) -> None:
    """Let a job have run forty days earlier, by all that the ledger says of it."""
    request = BlobLedger(ledger, open_sources(client.flows, None)).request(job)
    assert request is not None
    aged = Pattern(ledger, request, endpoint).copy(job, endpoint, FORTY_DAYS, newest=False)
    kinds = {it.name: it.blob_type for it in ledger.list_blobs() if job in it.name}
    for name in kinds:
        ledger.delete_blob(name)
    for path, content, metadata, like in aged:
        ledger.upload_blob(path, content, blob_type=kinds[like], metadata=dict(metadata))


def _blobs(ledger: ContainerClient, *jobs: str) -> list[str]:
    return [name for name in ledger.list_blob_names() if any(job in name for job in jobs)]


def _orchestrations(stack: Stack) -> set[str]:
    at = addresses_of(stack.state).port("durable")
    with closing(TaskHubGrpcClient(host_address=f"127.0.0.1:{at}")) as engine:
        return {it.instance_id for it in engine.get_all_orchestration_states()}
