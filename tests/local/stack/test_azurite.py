import socket
from pathlib import Path

from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from local.addresses import Addresses, addresses
from local.app_settings import drop_connection, host_connection
from local.child import Child
from local.containers import create_containers
from local.parts import storage


def started(state: Path, at: Addresses) -> Child:
    child = Child(storage(state, at), state / "log")
    child.wait_ready(60)
    return child


def test_blobs_and_queues_survive_the_end_of_the_supervisor(tmp_path: Path) -> None:
    at = addresses(tmp_path, None)
    child = started(tmp_path, at)
    create_containers(at)
    create_containers(at)
    with BlobServiceClient.from_connection_string(drop_connection(at)) as account:
        account.get_blob_client("flows", "a.zip").upload_blob(b"zip")
    with QueueServiceClient.from_connection_string(host_connection(at)) as queues:
        queues.create_queue("poison")
    assert child._process.stdin
    child._process.stdin.close()
    assert child._process.wait(180) == 0
    again = started(tmp_path, at)
    with BlobServiceClient.from_connection_string(drop_connection(at)) as account:
        containers = {each.name for each in account.list_containers()}
        assert containers == {"flows", "ledger", "event-dead-letters"}
        assert account.get_blob_client("flows", "a.zip").download_blob().readall() == b"zip"
    with QueueServiceClient.from_connection_string(host_connection(at)) as queues:
        assert [each.name for each in queues.list_queues()] == ["poison"]
    again.stop()
    assert again.exit_code == 0


def test_azurite_listens_on_loopback_only(tmp_path: Path) -> None:
    at = addresses(tmp_path, None)
    child = started(tmp_path, at)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", at.port("blob"))) == 0
    with socket.socket() as outside:
        # 127.0.0.2 stands for any other address of this machine.
        assert outside.connect_ex(("127.0.0.2", at.port("blob"))) != 0
    child.stop()
