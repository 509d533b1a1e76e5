"""The call of a Service Bus trigger: body and metadata, as in the real host."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from azure.servicebus import ServiceBusReceivedMessage

from local.functions_host.worker.conversion import Quoted, iso
from local.functions_host.worker.function import Function
from local.functions_host.worker.worker import Call

_MAX_PARSED = timedelta(days=1)  # the SDK cannot parse a day or more


def message_call(function: Function, message: ServiceBusReceivedMessage) -> Call:
    """Create the call for one message.

    Top-level keys of a JSON object body overwrite metadata of the same name. This trap of the real
    host is kept, so that apps meet it here first.
    """
    body = _body(message)
    metadata = {**_metadata(message), **_keys_of(body)}
    binary = str(function.trigger.get("dataType", "")).lower() in {"binary", "2"}
    return Call(body if binary else _text(body), metadata)


def _body(message: ServiceBusReceivedMessage) -> bytes:
    """Return the data section's bytes, or a value section as text."""
    given: Any = message.body
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        return given.encode()
    parts = list(given)
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(parts)
    return json.dumps(parts, default=str).encode()


def _text(body: bytes) -> str | bytes:
    """Return a string if the body is UTF-8, else the unchanged bytes."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def _keys_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {str(key): value for key, value in document.items()}


def _metadata(message: ServiceBusReceivedMessage) -> dict[str, Any]:
    properties = _properties(message.application_properties or {})
    return {
        "UserProperties": properties,
        "ApplicationProperties": properties,
        "MessageId": message.message_id,
        "DeliveryCount": (message.delivery_count or 0) + 1,
        "SequenceNumber": message.sequence_number,
        "EnqueuedSequenceNumber": message.enqueued_sequence_number or 0,
        "EnqueuedTimeUtc": _moment(message.enqueued_time_utc),
        "ExpiresAtUtc": _moment(message.expires_at_utc),
        "LockedUntil": _moment(message.locked_until_utc),
        "LockToken": str(message.lock_token),
        "ContentType": message.content_type,
        "CorrelationId": message.correlation_id,
        "SessionId": message.session_id,
        "Subject": message.subject,
        "Label": message.subject,
        "ReplyTo": message.reply_to,
        "ReplyToSessionId": message.reply_to_session_id,
        "To": message.to,
        "State": int(message.state),
        "PartitionKey": message.partition_key,
        "ScheduledEnqueueTimeUtc": _moment(message.scheduled_enqueue_time_utc),
        "DeadLetterSource": message.dead_letter_source,
        "DeadLetterReason": message.dead_letter_reason,
        "DeadLetterErrorDescription": message.dead_letter_error_description,
        "TimeToLive": _time_to_live(message.time_to_live),
    }


def _properties(given: Mapping[Any, Any]) -> dict[str, Any]:
    return {_string(key): _string(value) for key, value in given.items()}


def _string(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _moment(moment: datetime | None) -> Any:
    """Return a date as quoted JSON string."""
    return None if moment is None else Quoted(iso(moment))


def _time_to_live(span: timedelta | None) -> Any:
    if span is None or span >= _MAX_PARSED:
        return None
    hours, rest = divmod(int(span.total_seconds()), 3600)
    return Quoted(f"{hours:02}:{rest // 60:02}:{rest % 60:02}")
