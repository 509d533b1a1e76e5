"""Messages that ask for what a job does already: each has a result of its own, which names it."""

from collections.abc import Mapping
from typing import Any

from shared.domain.jobs.result import message_id
from shared.domain.jobs.result_message import as_message
from shared.domain.requests.request import MessageName
from shared.ports import Ports


def join(ports: Ports, job: str, message: MessageName) -> None:
    """See to it that the message is told the job's result. Idempotent.

    The note is written first. Where the job has its result by then, whoever published it may have
    read the notes before: it is told here too, and the queue drops what it is sent twice.
    """
    request = ports.ledger.request(job)
    if request is not None and request.message == message:
        return
    ports.ledger.add_message(job, message)
    result = ports.ledger.read(job, "result")
    if result is not None:
        _tell(ports, job, message, as_message(result))


def tell_joined(ports: Ports, job: str, told: Mapping[str, Any]) -> None:
    """Tell every message that joined the job."""
    for message in ports.ledger.messages(job):
        _tell(ports, job, message, told)


def _tell(ports: Ports, job: str, message: MessageName, told: Mapping[str, Any]) -> None:
    name = message_id(job, message.id)
    correlation = message.correlation or message.id
    data = {**told["data"], "message_id": message.id, "correlation_id": correlation}
    event = {**told, "id": name, "data": data}
    ports.bus.send_result(event, message_id=name, correlation_id=correlation)
