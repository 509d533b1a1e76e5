"""Orchestrations and activities of the tests, run by the SDK's own worker."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import grpc
from durabletask import task
from durabletask.client import OrchestrationState, TaskHubGrpcClient
from durabletask.entities import EntityInstanceId
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceStub
from durabletask.worker import TaskHubGrpcWorker

type Flow = Generator[task.Task[Any], Any, Any]
type Context = task.OrchestrationContext


class Witness:
    """The log of activities, and a gate that blocks them."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()

    def note(self, given: Any) -> Any:
        self.calls.append(given)
        self.gate.wait(60)
        return given

    def fail_silently(self, given: Any) -> Any:
        self.calls.append(given)
        raise ValueError


def three(context: Context, given: Any) -> Flow:
    answers = []
    for number in range(3):
        answer = yield context.call_activity("note", input=f"{given}-{number}")
        answers.append(answer)
    return answers


def silent(context: Context, given: Any) -> Flow:
    try:
        yield context.call_activity("fail_silently", input=given)
    except task.TaskFailedError as error:
        return error.details.message
    return "success"


def pause(context: Context, given: Any) -> Flow:
    yield context.create_timer(timedelta(seconds=given))
    return "woken"


def listen(context: Context, given: Any) -> Flow:
    return (yield context.wait_for_external_event(given))


def parent(context: Context, given: Any) -> Flow:
    answer = yield context.call_sub_orchestrator(three, input=given, instance_id=f"{given}-sub")
    return [context.instance_id, answer]


def parent_of_failure(context: Context, given: Any) -> Flow:
    try:
        yield context.call_sub_orchestrator(broken, input=given)
    except task.TaskFailedError as error:
        return error.details.message
    return "success"


def broken(_: Context, given: Any) -> Flow:
    raise RuntimeError(f"broken {given}")
    yield


def again(context: Context, left: int) -> Flow:
    """Wait for an event or a timer, then continue as new; reveals a stale timer."""
    event = context.wait_for_external_event("go")
    timer = context.create_timer(timedelta(seconds=0.5))
    yield task.when_any([event, timer])
    if not event.is_complete:
        return f"stale timer at {left}"
    if left == 0:
        return "all events seen"
    context.continue_as_new(left - 1, save_events=True)
    return None


def retried(context: Context, given: Any) -> Flow:
    policy = task.RetryPolicy(
        first_retry_interval=timedelta(milliseconds=20), max_number_of_attempts=3
    )
    try:
        yield context.call_activity("fail_silently", input=given, retry_policy=policy)
    except task.TaskFailedError:
        return "gave up"
    return "success"


def locking(context: Context, _: Any) -> Flow:
    yield context.call_entity(EntityInstanceId("counter", "one"), "add", 1)


FLOWS: tuple[Callable[..., Any], ...] = (
    *(three, silent, pause, listen, parent, parent_of_failure, broken, again, retried, locking),
)


def ended(client: TaskHubGrpcClient, instance: str) -> OrchestrationState:
    """Wait until an instance has ended, and return its state."""
    state = client.wait_for_orchestration_completion(instance, timeout=60)
    assert state is not None
    return state


def known(client: TaskHubGrpcClient, instance: str) -> OrchestrationState:
    """Return the current state of an instance."""
    state = client.get_orchestration_state(instance)
    assert state is not None
    return state


def stub_on(channel: grpc.Channel) -> Any:
    """Return a raw protocol stub, for calls the SDK does not expose."""
    build: Any = TaskHubSidecarServiceStub  # generated, untyped
    return build(channel)


@contextmanager
def working(address: str, witness: Witness | None = None) -> Iterator[Witness]:
    """Run a worker; its stream is closed at the end."""
    witness = witness or Witness()
    worker: Any = TaskHubGrpcWorker(host_address=address)

    def note(_: task.ActivityContext, given: Any) -> Any:
        return witness.note(given)

    def fail_silently(_: task.ActivityContext, given: Any) -> Any:
        return witness.fail_silently(given)

    worker.add_activity(note)
    worker.add_activity(fail_silently)
    for flow in FLOWS:
        worker.add_orchestrator(flow)
    worker.start()
    try:
        yield witness
    finally:
        witness.gate.set()
        worker.stop()
