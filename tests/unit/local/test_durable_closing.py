"""When the Durable backend ends, pending waits end as unavailable."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any, override

import grpc
import pytest
from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable.backend import Backend
from local.durable.client_service import RefusedError
from local.durable.server import _Refusals, serve
from local.durable.store import Store
from tests.local.durable.flows import stub_on


class Observed(Backend):
    """A backend that signals when a call has begun to wait."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.waited_on = asyncio.Event()

    @override
    async def wait(self, instance: str, is_so: Any) -> pb.OrchestrationState | None:
        self.waited_on.set()
        return await super().wait(instance, is_so)


@pytest.mark.parametrize("first", ["the call", "the end"])
def test_a_pending_wait_ends_as_unavailable_on_close(tmp_path: Path, first: str) -> None:
    async def scenario() -> grpc.StatusCode:
        backend = Observed(store)
        server, port = await serve(backend, 0)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = stub_on(channel)
            await stub.StartInstance(pb.CreateInstanceRequest(instanceId="job", name="three"))
            if first == "the end":
                backend.finish()
            call = stub.WaitForInstanceCompletion(pb.GetInstanceRequest(instanceId="job"))
            await backend.waited_on.wait()
            if first == "the call":
                backend.finish()
            code: grpc.StatusCode = await asyncio.wait_for(call.code(), 10)
        await server.stop(grace=0)
        return code

    store = Store(tmp_path / "hub.db")
    with closing(store.db):
        assert asyncio.run(scenario()) == grpc.StatusCode.UNAVAILABLE


def test_a_refusal_after_cancellation_ends_as_cancelled() -> None:
    class Gone:
        async def abort(self, code: grpc.StatusCode, message: str) -> None:
            raise grpc.aio.InternalError(f"Failed to send {code}: {message}")

    async def refuse(request: Any, call: Any) -> None:
        raise RefusedError(grpc.StatusCode.UNAVAILABLE, "the backend is closing")

    async def known(details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(refuse)

    async def scenario() -> None:
        handler = await _Refusals().intercept_service(known, None)
        await handler.unary_unary(None, Gone())

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(scenario())
