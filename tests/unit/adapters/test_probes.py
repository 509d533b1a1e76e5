"""Attempts on storage: what is sent, and what each answer means."""

import pytest
import requests
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobServiceClient

from shared.adapters.probes import BLOB_OWNER, QUEUES, TABLES, AzureProbes, Bus, storage_services
from shared.domain.access.roles import STORAGE_BLOB_DATA_CONTRIBUTOR
from shared.domain.failure import Denied, Refused
from tests.unit.adapters.test_arm import Person, Script

URLS = {it: f"https://st.{it}.core.windows.net" for it in ("blob", "queue", "table")}
HOST = storage_services(blobs="", queues="", host=URLS)  # type: ignore[arg-type]
CODE = "x-ms-error-code"


def probes(script: Script) -> AzureProbes:
    session = requests.Session()
    session.mount("https://", script)

    def connect() -> None:
        raise ValueError("no connection string")

    return AzureProbes(
        Person(),
        storage=BlobServiceClient("https://drops.blob.core.windows.net"),
        containers=(),
        accounts=HOST,
        bus=Bus(connect, "", sends=("results",), receives=()),  # type: ignore[arg-type]
        transport=RequestsTransport(session=session, session_owner=False),
    )


def test_each_service_of_storage_has_the_role_that_its_use_needs() -> None:
    every = storage_services(blobs="b", queues="q", host=URLS)  # type: ignore[arg-type]
    assert [role for _, role in every] == [
        STORAGE_BLOB_DATA_CONTRIBUTOR,
        QUEUES,
        BLOB_OWNER,
        QUEUES,
        TABLES,
    ]


def test_only_what_does_not_exist_is_changed_and_not_found_is_well() -> None:
    script = Script(*[(404, "")] * 6)
    for _ in range(2):
        for it in probes(script).all()[:3]:
            it.attempt()
    sent = [(it.method, str(it.url).partition(".net/")[2]) for it in script.asked]
    assert [method for method, _ in sent[:3]] == ["PUT", "PUT", "DELETE"]
    assert sent[0][1].endswith("/none?comp=metadata")
    assert sent[1][1].endswith("?comp=metadata")
    assert sent[2][1].endswith("(PartitionKey='none',RowKey='none')")
    assert len({path for _, path in sent}) == 6, "each name is new, so nobody has it"
    assert {it.headers["Authorization"] for it in script.asked} == {
        "Bearer token for https://storage.azure.com/.default"
    }


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (403, "AuthorizationPermissionMismatch", Denied),
        (403, "AuthorizationFailure", Denied),
        (400, "InvalidHeaderValue", Refused),
        (201, "", Refused),
    ],
)
def test_every_other_answer_is_a_failure_with_storages_code(
    status: int, code: str, raised: type[Exception]
) -> None:
    [blob, *_] = probes(Script((status, "", {CODE: code} if code else {}))).all()
    with pytest.raises(raised) as failed:
        blob.attempt()
    assert getattr(failed.value, "code", "") == (code or "Reason")


def test_a_connection_string_that_cannot_be_read_is_told() -> None:
    bus = probes(Script()).all()[-1]
    with pytest.raises(Denied) as failed:
        bus.attempt()
    assert failed.value.code == "InvalidConnectionString"


def test_a_token_that_does_not_tell_whose_it_is_leaves_a_placeholder() -> None:
    assert probes(Script()).principal() == "PRINCIPAL-ID"
