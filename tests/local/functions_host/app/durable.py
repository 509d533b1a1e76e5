"""The sample's durable functions, in a blueprint."""

import asyncio
import sys
import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df
from journal import note

bp = df.Blueprint()


@bp.orchestration_trigger(context_name="context")
def three(context: Any) -> Generator[Any, Any, Any]:
    answers = []
    for name in ("a", "b", "c"):
        answer = yield context.call_activity("hello", {"who": name})
        answers.append(answer)
    return answers


@bp.orchestration_trigger(context_name="context")
def waits(context: Any) -> Generator[Any, Any, Any]:
    context.set_custom_status({"stage": "waiting"})
    event = context.wait_for_external_event("go")
    timer = context.create_timer(context.current_utc_datetime + timedelta(seconds=30))
    winner = yield context.task_any([event, timer])
    return event.result if winner == event else "late"


@bp.orchestration_trigger(context_name="context")
def pauses(context: Any) -> Generator[Any, Any, Any]:
    for _ in range(3):
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=0.3))
    return (yield context.call_activity("slow", {"seconds": context.get_input()}))


@bp.orchestration_trigger(context_name="context")
def holds(context: Any) -> Generator[Any, Any, Any]:
    return (yield context.call_activity("held", {"until": context.get_input()}))


@bp.orchestration_trigger(context_name="context")
def fan(context: Any) -> Generator[Any, Any, Any]:
    works = [context.call_activity("slow", {"seconds": 0.3}) for _ in range(context.get_input())]
    return (yield context.task_all(works))


@bp.orchestration_trigger(context_name="context")
def fails(context: Any) -> Generator[Any, Any, Any]:
    yield context.call_activity("breaks", {"with": context.get_input()})


@bp.orchestration_trigger(context_name="context")
def no_input(context: Any) -> Generator[Any, Any, Any]:
    yield context.call_activity("hello")


@bp.activity_trigger(input_name="given")
async def hello(given: Any) -> Any:
    await asyncio.sleep(0)
    note("hello", who=given["who"])
    return f"Hello {given['who']}"


@bp.activity_trigger(input_name="given")
def slow(given: Any) -> Any:
    note("slow begun", at=time.time())
    time.sleep(given["seconds"])
    note("slow ended", at=time.time())
    return given["seconds"]


@bp.activity_trigger(input_name="given")
def held(given: Any) -> Any:
    note("held")
    while not Path(given["until"]).exists():
        time.sleep(0.02)
    return "let go"


@bp.orchestration_trigger(context_name="context")
def leaves(context: Any) -> Generator[Any, Any, Any]:
    yield context.call_activity(context.get_input(), {})


@bp.activity_trigger(input_name="given")
def exits(given: Any) -> Any:
    sys.exit(3)


@bp.activity_trigger(input_name="given")
async def cancels(given: Any) -> Any:
    raise asyncio.CancelledError


@bp.activity_trigger(input_name="given")
def breaks(given: Any) -> Any:
    raise ValueError(given["with"])
