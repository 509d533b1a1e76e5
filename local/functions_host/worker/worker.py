"""Loads and calls the app with Microsoft's worker library, as in Azure."""

import asyncio
import json
import logging
import os
import sys
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as library

from local.functions_host.worker.conversion import typed, typed_metadata
from local.functions_host.worker.function import Function, resolved
from local.functions_host.worker.messages import ParameterBinding, Protos, TypedData

logger = logging.getLogger(__name__)


class AppError(Exception):
    """The app could not be indexed."""


class InvocationError(Exception):
    """A function failed. The library reports `Type: message`, split here into kind and message."""

    def __init__(self, text: str, stack: str) -> None:
        super().__init__(text)
        kind, colon, message = text.partition(": ")
        self.kind = kind if colon else "(unknown)"
        self.message = message if colon else text
        self.stack = stack


@dataclass(frozen=True)
class Call:
    """A trigger's input to a function: value, metadata, and parent trace."""

    value: Any
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trace_parent: str = ""


class Worker:
    """Runs one app in this process."""

    def __init__(self, durable_client: str) -> None:
        """`durable_client` is the JSON that durable client bindings receive."""
        self.functions: tuple[Function, ...] = ()
        self._durable_client = durable_client

    async def load(self, folder: Path) -> None:
        """Index `function_app.py`, and make its folder the working directory.

        Raises:
            AppError: the library could not index the app; has the library's message.
        """
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        library.start_threadpool_executor()
        asked = SimpleNamespace(capabilities={}, function_app_directory=str(folder))
        request = SimpleNamespace(
            properties={"host": "127.0.0.1", "protos": Protos},
            request=SimpleNamespace(worker_init_request=asked),
        )
        answer = await library.worker_init_request(request)
        if answer.result.status != Protos.StatusResult.Success:
            raise AppError(
                f"{answer.result.exception.message}\n{answer.result.exception.stack_trace}"
            )
        found = await library.functions_metadata_request(request)
        self.functions = tuple(_function(each) for each in found.function_metadata_results or ())

    async def invoke(self, function: Function, call: Call) -> TypedData:
        """Call a function and return its result.

        Raises:
            InvocationError: the function failed; the log has its stack.
        """
        clients = [
            ParameterBinding(name, TypedData(string=self._durable_client))
            for name in function.durable_clients
        ]
        invocation = SimpleNamespace(
            invocation_id=str(uuid.uuid4()),
            function_id=function.id,
            input_data=[ParameterBinding(function.parameter, typed(call.value)), *clients],
            trigger_metadata=typed_metadata(call.metadata),
            trace_context=SimpleNamespace(
                trace_parent=call.trace_parent or _new_trace(), trace_state="", attributes={}
            ),
            retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
        )
        request = SimpleNamespace(request=SimpleNamespace(invocation_request=invocation))
        answer = await _catch_all(library.invocation_request(request))
        if answer.result.status != Protos.StatusResult.Success:
            error = InvocationError(
                answer.result.exception.message, answer.result.exception.stack_trace
            )
            logger.error("function %s failed: %s\n%s", function.name, error, error.stack)
            raise error
        returned: TypedData | None = answer.return_value
        return returned or TypedData()


async def _catch_all(invocation: Coroutine[Any, Any, Any]) -> Any:
    """Turn exceptions that the library does not catch into failures, so that the host survives."""
    try:
        return await invocation
    except SystemExit as error:
        return _failure(f"SystemExit: {error.code}")
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise  # the host is stopping
        return _failure("CancelledError: something that the function awaited was cancelled")


def _failure(text: str) -> Any:
    result = Protos.StatusResult(Protos.StatusResult.Failure, Protos.RpcException(text))
    return SimpleNamespace(result=result)


def _function(found: Any) -> Function:
    bindings = tuple(resolved(json.loads(raw)) for raw in found.raw_bindings)
    return Function(name=found.name, id=found.function_id, bindings=bindings)


def _new_trace() -> str:
    return f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00"
