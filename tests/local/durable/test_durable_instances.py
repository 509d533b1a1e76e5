"""The client's operations on the backend."""

import concurrent.futures
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from durabletask import task
from durabletask.client import OrchestrationQuery, OrchestrationStatus, TaskHubGrpcClient
from durabletask.entities import EntityInstanceId
from durabletask.worker import TaskHubGrpcWorker

from local.addresses import free_port
from tests.local.durable.flows import ended, known, working
from tests.local.part import Part, eventually

STATUS = OrchestrationStatus


def run(client: TaskHubGrpcClient, flow: str, given: object = None, **more: Any) -> Any:
    return ended(client, client.schedule_new_orchestration(flow, input=given, **more))


def test_an_orchestration_of_three_activities_completes(
    backend: Part, client: TaskHubGrpcClient
) -> None:
    with working(backend.facts["address"]) as witness:
        state = run(client, "three", "a", instance_id="one")
    assert state.serialized_output == '["a-0", "a-1", "a-2"]'
    assert witness.calls == ["a-0", "a-1", "a-2"]


def test_running_id_is_refused_and_a_finished_one_starts_again(
    backend: Part, client: TaskHubGrpcClient
):
    with working(backend.facts["address"]):
        client.schedule_new_orchestration("listen", input="go", instance_id="job")
        with pytest.raises(grpc.RpcError) as refused:
            client.schedule_new_orchestration("listen", input="go", instance_id="job")
        assert refused.value.code() == grpc.StatusCode.ALREADY_EXISTS
        client.raise_orchestration_event("job", "go", data=1)
        ended(client, "job")
        state = run(client, "three", "b", instance_id="job")
    assert state.serialized_output == '["b-0", "b-1", "b-2"]'


def test_an_ended_instance_can_be_restarted_from_its_input(
    backend: Part, client: TaskHubGrpcClient
):
    with working(backend.facts["address"]) as witness:
        run(client, "three", "r", instance_id="job")
        client.restart_orchestration("job")
        eventually(lambda: len(witness.calls) == 6, what="six calls")
        ended(client, "job")


def test_scheduled_start_waits(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        begun = time.time()
        run(client, "three", 1, start_at=datetime.now(UTC) + timedelta(seconds=0.6))
    assert time.time() - begun >= 0.6


def test_event_before_a_scheduled_start_is_kept(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        at = datetime.now(UTC) + timedelta(seconds=0.4)
        client.schedule_new_orchestration("listen", input="go", instance_id="job", start_at=at)
        client.raise_orchestration_event("job", "go", data="early")
        state = ended(client, "job")
    assert state.serialized_output == '"early"'


def test_terminate_ends_a_waiting_instance_with_its_output(
    backend: Part, client: TaskHubGrpcClient
):
    with working(backend.facts["address"]):
        client.schedule_new_orchestration("listen", input="never", instance_id="job")
        client.terminate_orchestration("job", output="enough")
        state = ended(client, "job")
    assert (state.runtime_status, state.serialized_output) == (STATUS.TERMINATED, '"enough"')


def test_a_suspended_instance_keeps_events_until_resumed(
    backend: Part, client: TaskHubGrpcClient
) -> None:
    with working(backend.facts["address"]):
        client.schedule_new_orchestration("listen", input="go", instance_id="job")
        client.suspend_orchestration("job")
        eventually(lambda: known(client, "job").runtime_status == STATUS.SUSPENDED)
        client.raise_orchestration_event("job", "go", data=7)
        time.sleep(0.3)
        assert known(client, "job").runtime_status == STATUS.SUSPENDED
        client.resume_orchestration("job")
        state = ended(client, "job")
    assert state.serialized_output == "7"


def test_a_suspended_instance_can_be_terminated(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        client.schedule_new_orchestration("listen", input="go", instance_id="job")
        client.suspend_orchestration("job")
        client.terminate_orchestration("job")
        state = ended(client, "job")
    assert state.runtime_status == STATUS.TERMINATED


def test_events_for_missing_or_ended_instances_are_refused(
    backend: Part, client: TaskHubGrpcClient
):
    with working(backend.facts["address"]):
        run(client, "three", 1, instance_id="job")
    for instance, code in (("nobody", "NOT_FOUND"), ("job", "FAILED_PRECONDITION")):
        with pytest.raises(grpc.RpcError) as refused:
            client.raise_orchestration_event(instance, "go")
        assert refused.value.code().name == code


def test_purge_deletes_ended_instances_only(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        run(client, "three", 1, instance_id="ended")
        client.schedule_new_orchestration("listen", input="go", instance_id="running")
        assert client.purge_orchestration("running").deleted_instance_count == 0
        assert client.purge_orchestration("ended").deleted_instance_count == 1
        assert client.get_orchestration_state("ended") is None
        run(client, "three", 1, instance_id="old")
        many = client.purge_orchestrations_by(runtime_status=[STATUS.COMPLETED, STATUS.RUNNING])
    assert many.deleted_instance_count == 1
    assert client.get_orchestration_state("running") is not None


def test_queries_filter_by_status_and_page(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        for number in range(7):
            client.schedule_new_orchestration("listen", input="go", instance_id=f"w{number}")
        run(client, "three", 1, instance_id="done")
        eventually(lambda: known(client, "w6").runtime_status == STATUS.RUNNING)
        query = OrchestrationQuery(runtime_status=[STATUS.RUNNING], max_instance_count=3)
        found = client.get_all_orchestration_states(query)
    assert [state.instance_id for state in found] == [f"w{number}" for number in range(7)]


def test_sub_orchestrations_answer_their_parent(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]):
        state = run(client, "parent", "p", instance_id="top")
        failed = run(client, "parent_of_failure", "p")
    assert state.serialized_output == '["top", ["p-0", "p-1", "p-2"]]'
    assert "broken p" in failed.serialized_output


def test_failed_activity_without_message_is_a_failure(
    backend: Part, client: TaskHubGrpcClient
) -> None:
    with working(backend.facts["address"]):
        assert run(client, "silent", 1).serialized_output != '"success"'


def test_retry_policy_retries_the_activity(backend: Part, client: TaskHubGrpcClient) -> None:
    with working(backend.facts["address"]) as witness:
        state = run(client, "retried", "r")
    assert state.serialized_output == '"gave up"'
    assert witness.calls == ["r"] * 3


def test_continue_as_new_drops_old_timers_and_keeps_events(
    backend: Part, client: TaskHubGrpcClient
):
    with working(backend.facts["address"]):
        client.schedule_new_orchestration("again", input=20, instance_id="job")
        for number in range(21):
            client.raise_orchestration_event("job", "go", data=number)
            time.sleep(0.04)
        state = ended(client, "job")
    assert state.serialized_output == '"all events seen"'


def test_sixty_waiting_calls_do_not_block_others(backend: Part, client: TaskHubGrpcClient) -> None:
    with (
        working(backend.facts["address"]),
        concurrent.futures.ThreadPoolExecutor(60) as pool,
    ):
        client.schedule_new_orchestration("listen", input="go", instance_id="job")
        waits = [pool.submit(ended, client, "job") for _ in range(60)]
        time.sleep(0.3)
        client.raise_orchestration_event("job", "go", data="now")
        outputs = {wait.result(60).serialized_output for wait in waits}
    assert outputs == {'"now"'}


def test_wait_timeout_is_reported(backend: Part, client: TaskHubGrpcClient) -> None:
    client.schedule_new_orchestration("listen", input="go", instance_id="job")
    with pytest.raises(TimeoutError):
        client.wait_for_orchestration_completion("job", timeout=0.3)


def test_entities_are_unimplemented(backend: Part, client: TaskHubGrpcClient) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        client.signal_entity(EntityInstanceId("counter", "one"), "add")
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
    with working(backend.facts["address"]):
        state = run(client, "locking")
    assert state.runtime_status == STATUS.FAILED
    assert "sendEntityMessage" in state.failure_details.message


def test_backend_listens_on_loopback_only(backend: Part) -> None:
    port = f"{backend.facts['port']:04X}"
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[1].endswith(f":{port}") and row[3] == "0A"]
    loopback = {f"0100007F:{port}", f"0000000000000000FFFF00000100007F:{port}"}
    assert listening
    assert set(listening) <= loopback


def test_an_orchestration_gets_the_default_version_unless_its_starter_names_one(
    tmp_path: Path,
) -> None:
    flags = ("--db", str(tmp_path / "hub.db"), "--port", str(free_port()))
    seen = dict[str, str | None]()

    def version(context: task.OrchestrationContext, given: str) -> None:
        seen[given] = context.version

    with (
        Part("local.durable", *flags, "--default-version", "5", log=tmp_path / "b.log") as part,
        TaskHubGrpcWorker(host_address=part.facts["address"]) as worker,
    ):
        worker.add_orchestrator(version)
        worker.start()  # type: ignore[no-untyped-call]
        client = TaskHubGrpcClient(host_address=part.facts["address"])
        for given, asked in {"default": None, "named": "4"}.items():
            job = client.schedule_new_orchestration("version", input=given, version=asked)
            client.wait_for_orchestration_completion(job, timeout=120)
        client.close()

    assert seen == {"default": "5", "named": "4"}


def test_an_event_is_kept_until_it_is_waited_for_and_what_is_open_at_the_end_is_dropped(
    backend: Part, client: TaskHubGrpcClient
) -> None:
    """As jobs use events: waited for from the start, beside timers, and once more after each."""

    def decided(context: task.OrchestrationContext, given: Any) -> Any:
        del given
        found = []
        event = context.wait_for_external_event("decision")
        for _ in range(2):
            timer = context.create_timer(timedelta(hours=1))
            yield task.when_any([timer, event])
            found.append((event.is_complete, timer.is_complete))
            event = context.wait_for_external_event("decision")
        return found

    with TaskHubGrpcWorker(host_address=backend.facts["address"]) as worker:
        worker.add_orchestrator(decided)
        client.schedule_new_orchestration("decided", instance_id="job")
        for number in range(3):  # before the worker runs, several, and one more than is waited for
            client.raise_orchestration_event("job", "decision", data=number)
        worker.start()  # type: ignore[no-untyped-call]
        state = ended(client, "job")

    assert state.runtime_status is STATUS.COMPLETED
    assert state.serialized_output == "[[true, false], [true, false]]"
