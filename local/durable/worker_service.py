"""The workers' half of the protocol: take work and complete it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, override

import grpc
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceServicer

from local.durable.backend import Backend
from local.durable.work import Stream

logger = logging.getLogger(__name__)
_AT_ONCE = 100
type _Call = grpc.aio.ServicerContext


class WorkerService(TaskHubSidecarServiceServicer):
    """The worker's half of the protocol."""

    backend: Backend

    @override
    async def GetWorkItems(
        self, request: pb.GetWorkItemsRequest, call: _Call
    ) -> AsyncIterator[pb.WorkItem]:
        del call
        stream = Stream(
            {
                "turn": request.maxConcurrentOrchestrationWorkItems or _AT_ONCE,
                "task": request.maxConcurrentActivityWorkItems or _AT_ONCE,
            }
        )
        self.backend.open(stream)
        logger.info("worker connected")
        try:
            while not self.backend.closing:
                stream.wake.clear()
                while (item := self.backend.next_item(stream)) is not None:
                    yield item
                await stream.wake.wait()
        finally:
            self.backend.close(stream)
            logger.info("worker disconnected")

    @override
    async def CompleteOrchestratorTask(
        self, request: pb.OrchestratorResponse, call: _Call
    ) -> pb.CompleteTaskResponse:
        del call
        self.backend.complete_turn(request)
        return pb.CompleteTaskResponse()

    @override
    async def CompleteActivityTask(
        self, request: pb.ActivityResponse, call: _Call
    ) -> pb.CompleteTaskResponse:
        del call
        self.backend.complete_task(request)
        return pb.CompleteTaskResponse()

    @override
    async def AbandonTaskOrchestratorWorkItem(
        self, request: pb.AbandonOrchestrationTaskRequest, call: _Call
    ) -> pb.AbandonOrchestrationTaskResponse:
        await self._abandon(request, call)
        return pb.AbandonOrchestrationTaskResponse()

    @override
    async def AbandonTaskActivityWorkItem(
        self, request: pb.AbandonActivityTaskRequest, call: _Call
    ) -> pb.AbandonActivityTaskResponse:
        await self._abandon(request, call)
        return pb.AbandonActivityTaskResponse()

    async def _abandon(self, request: Any, call: _Call) -> None:
        del call
        await asyncio.sleep(0.05)  # keeps a worker that cannot do it from spinning
        self.backend.abandon(request.completionToken)
