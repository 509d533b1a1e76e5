"""`sluice results`: the results that wait on the queue; they stay there."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

from azure.core.exceptions import ClientAuthenticationError
from azure.servicebus import ServiceBusClient
from azure.servicebus.exceptions import ServiceBusError

from cli.errors import DONE, unreachable
from cli.sign_in import make_credential, not_signed_in
from cli.target import Target
from cli.text import moment, print_lines
from shared.domain.parsing.strict_json import read_json

_PAGE: Final = 100
_BETWEEN_LOOKS_SECONDS: Final = 2.0


def results(target: Target, *, follow: bool, as_json: bool) -> int:
    """Print each result on the queue, oldest first; with `follow` also those that come later.

    With `as_json` each is one line of JSON. A result that another reader takes first is not seen.
    """
    queue, found = target["results_queue"], 0
    try:
        with _bus(target) as bus, bus.get_queue_receiver(queue) as receiver:
            after = 0
            while True:
                messages = receiver.peek_messages(_PAGE, sequence_number=after)
                for message in messages:
                    _print(str(message), as_json=as_json)
                    after, found = int(message.sequence_number or after) + 1, found + 1
                if not messages and not follow:
                    break
                if not messages:
                    time.sleep(_BETWEEN_LOOKS_SECONDS)
    except ClientAuthenticationError as error:
        raise unreachable(not_signed_in(str(error))) from error
    except ServiceBusError as error:
        raise unreachable(f"Service Bus refuses or does not answer: {_first(error)}") from error
    except ValueError as error:
        raise unreachable(f"SLUICE_SERVICEBUS cannot be used: {error}") from error
    if not found:
        print(f"sluice: no result waits on the queue {queue}", file=sys.stderr)
    return DONE


def _bus(target: Target) -> ServiceBusClient:
    address = target["servicebus_connection_string"]
    if "=" in address:
        return ServiceBusClient.from_connection_string(address, retry_total=2)
    return ServiceBusClient(address, make_credential(target), retry_total=2)


def _print(body: str, *, as_json: bool) -> None:
    try:
        event = read_json(body.encode())
    except ValueError:
        event = None
    if not isinstance(event, dict):
        print(f"sluice: a message that is no event: {body[:160]}", file=sys.stderr)
    elif as_json:
        print(json.dumps(event, ensure_ascii=False), flush=True)
    else:
        print_lines(_lines(event))
        sys.stdout.flush()


def _lines(event: dict[str, Any]) -> Iterator[str]:
    data = event.get("data")
    told = data if isinstance(data, dict) else {}
    what = told.get("outcome") or str(event.get("type"))
    whose = told.get("endpoint") or event.get("subject") or told.get("source")
    job = f"  job {told['job']}" if told.get("job") else ""
    yield f"{moment(event.get('time'))}  {what}: {whose}{job}"


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
