"""The part of the Durable HTTP API that people use from a terminal."""

import json
from typing import Any, Final
from urllib.parse import unquote

import grpc
from durabletask.internal import orchestrator_service_pb2 as pb

from local.functions_host.web.exchange import Request, Response, json_response
from local.functions_host.web.keys import Keys

PREFIX: Final = "/runtime/webhooks/durabletask/"
_DONE: Final = ("Completed", "Failed", "Terminated", "Canceled")
_STATUS: Final = {
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.FAILED_PRECONDITION: 410,
    grpc.StatusCode.UNAVAILABLE: 503,
}


class Management:
    """Status, terminate, suspend, resume, raiseEvent and purge of one instance."""

    def __init__(self, stub: Any, keys: Keys) -> None:
        self._stub = stub
        self._keys = keys

    async def answer(self, request: Request) -> Response:
        """Answer requests under `PREFIX`; 401 without the system key."""
        if not self._keys.is_durable(request):
            return Response(401)
        parts = [unquote(part) for part in request.path[len(PREFIX) :].strip("/").split("/")]
        try:
            return await self._call(request, parts)
        except grpc.aio.AioRpcError as error:
            return json_response(_STATUS.get(error.code(), 500), json.dumps(error.details()))

    async def _call(self, request: Request, parts: list[str]) -> Response:
        match (request.method, parts):
            case ("GET", ["instances", name]):
                return await self._status(name)
            case ("DELETE", ["instances", name]):
                return await self._purge(name)
            case ("POST", ["instances", name, operation, *rest]):
                return await self._control(request, name, operation.lower(), rest)
            case _:
                return Response(404)

    async def _control(
        self, request: Request, name: str, operation: str, rest: list[str]
    ) -> Response:
        reason = {"value": json.dumps(request.query.get("reason", ""))}
        match (operation, rest):
            case ("raiseevent", [event]):
                given = {"value": request.body.decode() or "null"}
                raised = pb.RaiseEventRequest(instanceId=name, name=event, input=given)
                await self._stub.RaiseEvent(raised)
            case ("terminate", []):
                ending = pb.TerminateRequest(instanceId=name, output=reason, recursive=True)
                await self._stub.TerminateInstance(ending)
            case ("suspend", []):
                await self._stub.SuspendInstance(pb.SuspendRequest(instanceId=name, reason=reason))
            case ("resume", []):
                await self._stub.ResumeInstance(pb.ResumeRequest(instanceId=name, reason=reason))
            case _:
                return Response(404)
        return Response(202)

    async def _purge(self, name: str) -> Response:
        purged = await self._stub.PurgeInstances(pb.PurgeInstancesRequest(instanceId=name))
        count = purged.deletedInstanceCount
        return json_response(200 if count else 404, json.dumps({"instancesDeleted": count}))

    async def _status(self, name: str) -> Response:
        ask = pb.GetInstanceRequest(instanceId=name, getInputsAndOutputs=True)
        answer = await self._stub.GetInstance(ask)
        if not answer.exists:
            return Response(404)
        document = _document(answer.orchestrationState)
        done = document["runtimeStatus"] in _DONE
        return json_response(200 if done else 202, json.dumps(document))


def _document(state: Any) -> dict[str, Any]:
    name = pb.OrchestrationStatus.Name(state.orchestrationStatus)
    status = name.removeprefix("ORCHESTRATION_STATUS_").title().replace("_", "")
    failed = state.HasField("failureDetails")
    return {
        "name": state.name,
        "instanceId": state.instanceId,
        "runtimeStatus": status,
        "input": _json(state, "input"),
        "customStatus": _json(state, "customStatus"),
        "output": state.failureDetails.errorMessage if failed else _json(state, "output"),
        "createdTime": state.createdTimestamp.ToJsonString(),
        "lastUpdatedTime": state.lastUpdatedTimestamp.ToJsonString(),
    }


def _json(state: Any, field: str) -> Any:
    text = getattr(state, field).value if state.HasField(field) else ""
    return json.loads(text) if text else None
