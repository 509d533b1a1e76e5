"""The gRPC server: loopback only, messages of any size."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from durabletask.internal import orchestrator_service_pb2_grpc as rpc

from local.durable.backend import Backend
from local.durable.client_service import ClientService, RefusedError
from local.durable.worker_service import WorkerService

_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
)


class Service(ClientService, WorkerService):
    """Both halves of the protocol. Entities and rewinding answer UNIMPLEMENTED (base class)."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend


class _Refusals(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # untyped base
    """Answers a refused unary call with the status of the refusal."""

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        handler = await continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        answer = handler.unary_unary

        async def guarded(request: Any, call: grpc.aio.ServicerContext) -> Any:
            try:
                return await answer(request, call)
            except RefusedError as refusal:
                return await _abort(call, refusal.code, str(refusal))
            except NotImplementedError:  # from the generated base: entities, rewinding
                return await _abort(call, grpc.StatusCode.UNIMPLEMENTED, details.method)

        return grpc.unary_unary_rpc_method_handler(
            guarded, handler.request_deserializer, handler.response_serializer
        )


async def _abort(call: grpc.aio.ServicerContext, code: grpc.StatusCode, message: str) -> None:
    try:
        await call.abort(code, message)
    except grpc.aio.InternalError as error:  # the caller is gone
        raise asyncio.CancelledError from error


async def serve(backend: Backend, port: int) -> tuple[grpc.aio.Server, int]:
    """Start serving; return the server and its port (a free one for 0).

    Raises:
        OSError: the port is taken.
    """
    server = grpc.aio.server(interceptors=(_Refusals(),), options=_OPTIONS)
    add: Any = rpc.add_TaskHubSidecarServiceServicer_to_server  # generated, untyped
    add(Service(backend), server)
    try:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"port {port} on 127.0.0.1 is taken") from error
    await server.start()
    return server, bound
