"""State after kills of the backend and of workers."""

import contextlib
import operator
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import grpc
from durabletask.client import OrchestrationStatus, TaskHubGrpcClient
from durabletask.internal import orchestrator_service_pb2 as pb

from tests.local.durable.flows import Witness, ended, stub_on, working
from tests.local.part import Part, eventually

STATUS = OrchestrationStatus


def revive(backend: Part) -> None:
    backend.kill()
    backend.start()


def test_timers_events_and_activities_survive_a_kill(backend: Part) -> None:
    address = backend.facts["address"]
    witness = Witness()
    witness.gate.clear()
    client = TaskHubGrpcClient(host_address=address)
    with working(address, witness):
        client.schedule_new_orchestration("pause", input=1.2, instance_id="timer")
        client.schedule_new_orchestration("listen", input="go", instance_id="event")
        client.schedule_new_orchestration("three", input="a", instance_id="activity")
        eventually(lambda: witness.calls, what="the first activity")
        client.raise_orchestration_event("event", "go", data="kept")
        backend.kill()
    client.close()
    backend.start()
    client = TaskHubGrpcClient(host_address=address)
    with working(address):
        for instance, output in (("timer", '"woken"'), ("event", '"kept"')):
            state = ended(client, instance)
            assert state.serialized_output == output
        state = ended(client, "activity")
    client.close()
    assert state.serialized_output == '["a-0", "a-1", "a-2"]'


def test_accepted_work_survives_five_kills(backend: Part) -> None:
    address = backend.facts["address"]
    accepted: list[str] = []
    over = threading.Event()

    def start_many() -> None:
        client = TaskHubGrpcClient(host_address=address)
        number = 0
        while not over.is_set():
            number += 1
            try:
                accepted.append(
                    client.schedule_new_orchestration(
                        "three", input=number, instance_id=f"i{number}"
                    )
                )
            except grpc.RpcError:
                time.sleep(0.05)
        client.close()

    starter = threading.Thread(target=start_many)
    with working(address):
        starter.start()
        for _ in range(5):
            enough = partial(operator.le, len(accepted) + 5)
            eventually(lambda: len(accepted), enough, what="five more")
            time.sleep(random.uniform(0, 0.2))
            revive(backend)
        over.set()
        starter.join(60)
        with grpc.insecure_channel(address) as channel:
            stub = stub_on(channel)
            for instance in accepted:
                ask = pb.GetInstanceRequest(instanceId=instance, getInputsAndOutputs=True)
                answer = stub.WaitForInstanceCompletion(ask, timeout=60, wait_for_ready=True)
                number = instance[1:]
                assert answer.orchestrationState.output.value == (
                    f'["{number}-0", "{number}-1", "{number}-2"]'
                )
    assert len(accepted) > 20


def test_work_of_a_lost_worker_is_handed_out_again(backend: Part) -> None:
    address = backend.facts["address"]
    with grpc.insecure_channel(address) as channel:
        stub = stub_on(channel)
        stub.StartInstance(pb.CreateInstanceRequest(instanceId="job", name="three"))
        first = stub.GetWorkItems(pb.GetWorkItemsRequest())
        lost = next(first)
        second = stub.GetWorkItems(pb.GetWorkItemsRequest(), timeout=60)
        first.cancel()
        again = next(second)
        assert again.orchestratorRequest.instanceId == "job"
        assert again.completionToken != lost.completionToken
        second.cancel()


def test_a_stale_completion_is_ignored(backend: Part) -> None:
    with grpc.insecure_channel(backend.facts["address"]) as channel:
        stub = stub_on(channel)
        stub.StartInstance(pb.CreateInstanceRequest(instanceId="job", name="three"))
        first = stub.GetWorkItems(pb.GetWorkItemsRequest())
        stale = next(first).completionToken
        first.cancel()
        second = stub.GetWorkItems(pb.GetWorkItemsRequest())
        fresh = next(second).completionToken
        for token, expected in ((stale, STATUS.PENDING), (fresh, STATUS.COMPLETED)):
            stub.CompleteOrchestratorTask(_completed(token))
            state = stub.GetInstance(pb.GetInstanceRequest(instanceId="job"))
            assert state.orchestrationState.orchestrationStatus == expected.value
        second.cancel()


def test_a_late_activity_result_does_not_wake_an_ended_instance(backend: Part) -> None:
    with grpc.insecure_channel(backend.facts["address"]) as channel:
        stub = stub_on(channel)
        stub.StartInstance(pb.CreateInstanceRequest(instanceId="job", name="three"))
        items = stub.GetWorkItems(pb.GetWorkItemsRequest())
        turn = next(items)
        schedule = pb.OrchestratorAction(id=1, scheduleTask=pb.ScheduleTaskAction(name="note"))
        stub.CompleteOrchestratorTask(
            pb.OrchestratorResponse(
                instanceId="job", actions=[schedule], completionToken=turn.completionToken
            )
        )
        activity = next(items)
        stub.TerminateInstance(pb.TerminateRequest(instanceId="job"))
        stub.CompleteOrchestratorTask(_completed(next(items).completionToken))
        stub.CompleteActivityTask(
            pb.ActivityResponse(
                instanceId="job", taskId=1, completionToken=activity.completionToken
            )
        )
        stub.StartInstance(pb.CreateInstanceRequest(instanceId="next", name="three"))
        assert next(items).orchestratorRequest.instanceId == "next"
        items.cancel()


def test_worker_gets_no_more_work_than_its_limits(backend: Part) -> None:
    with grpc.insecure_channel(backend.facts["address"]) as channel:
        stub = stub_on(channel)
        for number in range(5):
            stub.StartInstance(pb.CreateInstanceRequest(instanceId=f"j{number}", name="three"))
        tokens: list[str] = []
        limited = stub.GetWorkItems(pb.GetWorkItemsRequest(maxConcurrentOrchestrationWorkItems=2))
        reader = threading.Thread(target=_collect, args=(limited, tokens), daemon=True)
        reader.start()
        eventually(lambda: len(tokens) == 2, what="the first two turns")
        time.sleep(0.3)
        assert len(tokens) == 2
        stub.CompleteOrchestratorTask(_completed(tokens[0]))
        eventually(lambda: len(tokens) == 3, what="the third turn")
        limited.cancel()


def test_messages_over_four_megabytes_pass(backend: Part) -> None:
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(backend.facts["address"], options=options) as channel:
        stub = stub_on(channel)
        stub.StartInstance(
            pb.CreateInstanceRequest(
                instanceId="job", name="big", input={"value": "x" * 20_000_000}
            )
        )
        items = stub.GetWorkItems(pb.GetWorkItemsRequest())
        events = next(items).orchestratorRequest.newEvents
        assert len(events[1].executionStarted.input.value) == 20_000_000
        items.cancel()


def test_sigterm_ends_the_backend_with_connected_workers(backend: Part) -> None:
    with grpc.insecure_channel(backend.facts["address"]) as channel:
        stub = stub_on(channel)
        stub.StartInstance(pb.CreateInstanceRequest(instanceId="job", name="three"))
        items = stub.GetWorkItems(pb.GetWorkItemsRequest())
        waiting = stub.WaitForInstanceCompletion.future(pb.GetInstanceRequest(instanceId="job"))
        next(items)
        assert backend.stop() == 0
        assert list(items) == []
        # CANCELLED is gRPC's own answer to a call that the process had not yet taken.
        assert waiting.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


def test_end_of_stdin_ends_the_backend(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.durable", "--db", str(tmp_path / "x.db"), "--follow-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(180) == 0


def _collect(items: Iterable[pb.WorkItem], tokens: list[str]) -> None:
    with contextlib.suppress(grpc.RpcError):
        tokens.extend(item.completionToken for item in items)


def _completed(token: str) -> pb.OrchestratorResponse:
    end = pb.CompleteOrchestrationAction(orchestrationStatus=pb.ORCHESTRATION_STATUS_COMPLETED)
    action = pb.OrchestratorAction(id=9, completeOrchestration=end)
    return pb.OrchestratorResponse(instanceId="job", actions=[action], completionToken=token)
