"""Runs work items of the Durable backend as invocations of the app."""

import asyncio
import logging
from typing import Any

import grpc
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.internal.orchestrator_service_pb2_grpc import TaskHubSidecarServiceStub

from local.functions_host.durable.items import DurableFunctions
from local.functions_host.settings import HostSettings
from local.functions_host.worker.running import Running

logger = logging.getLogger(__name__)
OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
)
_PAUSE = 0.2


class Bridge:
    """Takes as much work at once as host.json allows, and reconnects after every failure.

    The next backend hands out again whatever could not be reported: nothing is lost, and an
    activity may run twice, as in Azure.
    """

    def __init__(
        self, functions: DurableFunctions, settings: HostSettings, backend: str, running: Running
    ) -> None:
        self._functions = functions
        self._running = running
        self._channel = grpc.aio.insecure_channel(backend, options=OPTIONS)
        build: Any = TaskHubSidecarServiceStub  # generated, untyped
        self.stub = build(self._channel)
        self._request = pb.GetWorkItemsRequest(
            maxConcurrentOrchestrationWorkItems=settings.orchestrators_at_once,
            maxConcurrentActivityWorkItems=settings.activities_at_once,
        )
        self._activities: dict[tuple[str, str, int], str] = {}

    async def run(self) -> None:
        """Take work until cancelled."""
        while True:
            try:
                async for item in self.stub.GetWorkItems(self._request, wait_for_ready=True):
                    self._begin(item)
            except grpc.aio.AioRpcError as error:
                logger.warning("the Durable backend is not reachable (%s); retrying", error.code())
            await asyncio.sleep(_PAUSE)

    def _begin(self, item: pb.WorkItem) -> None:
        if item.HasField("orchestratorRequest"):
            self._running.start(self._turn(item.orchestratorRequest, item.completionToken))
        elif item.HasField("activityRequest"):
            self._begin_activity(item.activityRequest, item.completionToken)

    def _begin_activity(self, request: pb.ActivityRequest, token: str) -> None:
        """Start an activity, or report one that still runs here under the new token."""
        instance = request.orchestrationInstance
        key = (instance.instanceId, instance.executionId.value, request.taskId)
        runs = key in self._activities
        self._activities[key] = token
        if not runs:
            self._running.start(self._activity(key, request))

    async def _turn(self, request: pb.OrchestratorRequest, token: str) -> None:
        response = await self._functions.turn(request)
        if response is None:
            abandon = pb.AbandonOrchestrationTaskRequest(completionToken=token)
            await asyncio.sleep(_PAUSE)
            await self._report(self.stub.AbandonTaskOrchestratorWorkItem, abandon)
            return
        response.completionToken = token
        await self._report(self.stub.CompleteOrchestratorTask, response)

    async def _activity(self, key: tuple[str, str, int], request: pb.ActivityRequest) -> None:
        try:
            response = await self._functions.activity(request)
        finally:
            token = self._activities.pop(key)
        response.completionToken = token
        await self._report(self.stub.CompleteActivityTask, response)

    async def _report(self, method: Any, response: Any) -> None:
        try:
            await method(response)
        except grpc.aio.AioRpcError as error:
            logger.warning(
                "result not reported (%s); the work will be handed out again", error.code()
            )
