"""The clients' half of the protocol: start, query, wait, raise events, terminate, purge."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, override

import grpc
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceServicer
from google.protobuf.empty_pb2 import Empty

from local.durable import instances, queries
from local.durable.backend import Backend, ClosingError
from local.durable.events import TERMINAL, event, optional

_CODES = {
    instances.AlreadyExistsError: grpc.StatusCode.ALREADY_EXISTS,
    instances.NotFoundError: grpc.StatusCode.NOT_FOUND,
    instances.FinishedError: grpc.StatusCode.FAILED_PRECONDITION,
    ClosingError: grpc.StatusCode.UNAVAILABLE,
}
type _Call = grpc.aio.ServicerContext


class RefusedError(Exception):
    """A call that ends with this gRPC status."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn the errors of instances into gRPC status codes, as the real host does."""
    try:
        yield
    except tuple(_CODES) as error:
        raise RefusedError(_CODES[type(error)], str(error)) from error


class ClientService(TaskHubSidecarServiceServicer):
    """The client's half of the protocol."""

    backend: Backend

    @override
    async def Hello(self, request: Empty, call: _Call) -> Empty:
        del request, call
        return Empty()

    @override
    async def StartInstance(
        self, request: pb.CreateInstanceRequest, call: _Call
    ) -> pb.CreateInstanceResponse:
        del call
        if self.backend.version and not request.HasField("version"):
            request.version.value = self.backend.version
        with translate_errors(), self.backend.change() as store:
            return pb.CreateInstanceResponse(instanceId=instances.start(store, request))

    @override
    async def RestartInstance(
        self, request: pb.RestartInstanceRequest, call: _Call
    ) -> pb.RestartInstanceResponse:
        del call
        with translate_errors(), self.backend.change() as store:
            return pb.RestartInstanceResponse(instanceId=instances.restart(store, request))

    @override
    async def GetInstance(
        self, request: pb.GetInstanceRequest, call: _Call
    ) -> pb.GetInstanceResponse:
        del call
        return _answer(self.backend.store.state(request.instanceId), request)

    @override
    async def WaitForInstanceStart(
        self, request: pb.GetInstanceRequest, call: _Call
    ) -> pb.GetInstanceResponse:
        del call
        pending = pb.ORCHESTRATION_STATUS_PENDING
        with translate_errors():
            state = await self.backend.wait(
                request.instanceId, lambda known: bool(known.orchestrationStatus != pending)
            )
        return _answer(state, request)

    @override
    async def WaitForInstanceCompletion(
        self, request: pb.GetInstanceRequest, call: _Call
    ) -> pb.GetInstanceResponse:
        del call
        with translate_errors():
            state = await self.backend.wait(
                request.instanceId, lambda known: known.orchestrationStatus in TERMINAL
            )
        return _answer(state, request)

    @override
    async def RaiseEvent(self, request: pb.RaiseEventRequest, call: _Call) -> pb.RaiseEventResponse:
        del call
        raised = pb.EventRaisedEvent(name=request.name, input=optional(request, "input"))
        self._post_event(request.instanceId, event(eventRaised=raised))
        return pb.RaiseEventResponse()

    @override
    async def TerminateInstance(
        self, request: pb.TerminateRequest, call: _Call
    ) -> pb.TerminateResponse:
        del call
        with translate_errors(), self.backend.change() as store:
            instances.terminate(store, request)
        return pb.TerminateResponse()

    @override
    async def SuspendInstance(self, request: pb.SuspendRequest, call: _Call) -> pb.SuspendResponse:
        del call
        why = pb.ExecutionSuspendedEvent(input=optional(request, "reason"))
        self._post_event(request.instanceId, event(executionSuspended=why))
        return pb.SuspendResponse()

    @override
    async def ResumeInstance(self, request: pb.ResumeRequest, call: _Call) -> pb.ResumeResponse:
        del call
        why = pb.ExecutionResumedEvent(input=optional(request, "reason"))
        self._post_event(request.instanceId, event(executionResumed=why))
        return pb.ResumeResponse()

    @override
    async def QueryInstances(
        self, request: pb.QueryInstancesRequest, call: _Call
    ) -> pb.QueryInstancesResponse:
        del call
        return queries.page(self.backend.store, request.query)

    @override
    async def PurgeInstances(
        self, request: pb.PurgeInstancesRequest, call: _Call
    ) -> pb.PurgeInstancesResponse:
        del call
        with self.backend.change() as store:
            count = queries.purge(store, request)
        return pb.PurgeInstancesResponse(deletedInstanceCount=count, isComplete={"value": True})

    @override
    async def StreamInstanceHistory(
        self, request: pb.StreamInstanceHistoryRequest, call: _Call
    ) -> AsyncIterator[pb.HistoryChunk]:
        del call
        if self.backend.store.state(request.instanceId) is None:
            _refuse(grpc.StatusCode.NOT_FOUND, f"No orchestration '{request.instanceId}'.")
        yield pb.HistoryChunk(events=self.backend.store.history(request.instanceId))

    def _post_event(self, instance: str, news: pb.HistoryEvent) -> None:
        with translate_errors(), self.backend.change() as store:
            instances.post_event(store, instance, news)


def _answer(state: pb.OrchestrationState | None, request: Any) -> pb.GetInstanceResponse:
    if state is not None and not request.getInputsAndOutputs:
        state = queries.without_payloads(state)
    return pb.GetInstanceResponse(exists=state is not None, orchestrationState=state)


def _refuse(code: grpc.StatusCode, message: str) -> NoReturn:
    raise RefusedError(code, message)
