"""Runs the app's orchestrators and activities, one work item each."""

import base64
import json
from collections.abc import Iterable

from durabletask.internal import orchestrator_service_pb2 as pb

from local.functions_host.durable.versions import is_newer
from local.functions_host.settings import HostSettings
from local.functions_host.worker.conversion import plain
from local.functions_host.worker.function import Function
from local.functions_host.worker.messages import TypedData
from local.functions_host.worker.worker import Call, InvocationError, Worker


class DurableFunctions:
    """The durable functions of an app by case-insensitive name, as in the real host."""

    def __init__(self, worker: Worker, settings: HostSettings) -> None:
        self._worker = worker
        self._settings = settings
        self._orchestrators = _by_name(worker.functions, "orchestrationTrigger", "orchestration")
        self._activities = _by_name(worker.functions, "activityTrigger", "activity")

    async def turn(self, request: pb.OrchestratorRequest) -> pb.OrchestratorResponse | None:
        """Replay an orchestrator; a failure of the function itself fails the instance.

        None if the orchestration is of a newer version and is left to a newer worker.
        """
        started = _started(request)
        name, version = str(started.name), str(started.version.value)
        function = self._orchestrators.get(name.lower())
        newer = is_newer(version, self._settings.version)
        if newer and not self._settings.fails_newer:
            return None
        try:
            if newer:
                raise _mismatch(version, self._settings.version)
            if function is None:
                raise _unknown(name, "orchestrator")
            given = base64.b64encode(request.SerializeToString()).decode()
            returned = await self._worker.invoke(function, Call(given))
            response: pb.OrchestratorResponse = pb.OrchestratorResponse.FromString(
                base64.b64decode(returned.value)
            )
        except InvocationError as error:
            end = pb.CompleteOrchestrationAction(
                orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED, failureDetails=_details(error)
            )
            action = pb.OrchestratorAction(id=-1, completeOrchestration=end)
            return pb.OrchestratorResponse(instanceId=request.instanceId, actions=[action])
        return response

    async def activity(self, request: pb.ActivityRequest) -> pb.ActivityResponse:
        """Run an activity; its failure is reported to the orchestration."""
        instance = request.orchestrationInstance.instanceId
        response = pb.ActivityResponse(instanceId=instance, taskId=request.taskId)
        function = self._activities.get(request.name.lower())
        try:
            if function is None:
                raise _unknown(request.name, "activity")
            returned = await self._worker.invoke(function, _activity_call(function, request))
        except InvocationError as error:
            response.failureDetails.CopyFrom(_details(error))
            return response
        if returned.kind is not None:
            result = returned.value if returned.kind == "json" else json.dumps(plain(returned))
            response.result.value = result
        return response


def _activity_call(function: Function, request: pb.ActivityRequest) -> Call:
    """Create the call; without an input the value is empty, as in the real host."""
    given = request.input.value if request.HasField("input") else None
    metadata = {
        "instanceId": request.orchestrationInstance.instanceId,
        function.parameter: given,
        "data": given if given is None else TypedData(json=given),
    }
    return Call(given, metadata)


def _by_name(functions: Iterable[Function], kind: str, name: str) -> dict[str, Function]:
    of_kind = (each for each in functions if each.kind == kind)
    return {str(each.trigger.get(name) or each.name).lower(): each for each in of_kind}


def _started(request: pb.OrchestratorRequest) -> pb.ExecutionStartedEvent:
    events = (*request.pastEvents, *request.newEvents)
    found: pb.ExecutionStartedEvent = next(
        it.executionStarted for it in reversed(events) if it.HasField("executionStarted")
    )
    return found


def _unknown(name: str, kind: str) -> InvocationError:
    text = f"The function '{name}' doesn't exist, is disabled, or is not an {kind} function."
    return InvocationError(f"ArgumentException: {text}", "")


def _mismatch(version: str, own: str) -> InvocationError:
    text = f"The orchestration version '{version}' is greater than the worker version '{own}'."
    return InvocationError(f"VersionMismatch: {text}", "")


def _details(error: InvocationError) -> pb.TaskFailureDetails:
    return pb.TaskFailureDetails(
        errorType=error.kind,
        errorMessage=error.message or error.kind,
        stackTrace={"value": error.stack},
    )
