"""Several messages for one job: each gets a result of its own, with its message id."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.jobs.result import message_id
from shared.domain.jobs.result_message import as_message
from shared.domain.requests.request import MessageName
from shared.ports import Ports


def add_message(ports: Ports, job: str, message: MessageName) -> None:
    """Make sure that the message gets the job's result. Idempotent.

    The message is recorded first. If the job already has its result, the publisher may have read
    the recorded messages before this one, so the result is also sent here; the queue drops
    duplicates.
    """
    request = ports.ledger.request(job)
    if request is not None and request.message == message:
        return
    ports.ledger.add_message(job, message)
    result = ports.ledger.read(job, "result")
    if result is not None:
        _send(ports, job, message, as_message(result))


def send_to_messages(
    ports: Ports, job: str, messages: Iterable[MessageName], result: Mapping[str, Any]
) -> None:
    """Send the job's result to every message that was added to the job."""
    for message in messages:
        _send(ports, job, message, result)


def _send(ports: Ports, job: str, message: MessageName, result: Mapping[str, Any]) -> None:
    name = message_id(job, message.id)
    correlation = message.correlation or message.id
    data = {**result["data"], "message_id": message.id, "correlation_id": correlation}
    event = {**result, "id": name, "data": data}
    ports.bus.send_result(event, message_id=name, correlation_id=correlation)
