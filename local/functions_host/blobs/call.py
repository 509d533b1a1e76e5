"""The call of a blob trigger, and its poison message."""

import json
from collections.abc import Mapping
from typing import Any, Final

from local.functions_host.blobs.source import FoundBlob
from local.functions_host.worker.conversion import Quoted
from local.functions_host.worker.function import Function
from local.functions_host.worker.messages import ModelBindingData, TypedData
from local.functions_host.worker.worker import Call

POISON_QUEUE: Final = "webjobs-blobtrigger-poison"
_DEFAULT_CONNECTION: Final = "AzureWebJobsStorage"


def reference(function: Function, blob: FoundBlob) -> TypedData:
    """Return the blob's location for an SDK-type binding, without its bytes."""
    content = {
        "Connection": function.trigger.get("connection") or _DEFAULT_CONNECTION,
        "ContainerName": blob.container,
        "BlobName": blob.name,
    }
    data = ModelBindingData(
        version="1.0",
        source="AzureStorageBlobs",
        content_type="application/json",
        content=json.dumps(content).encode(),
    )
    return TypedData(model_binding_data=data)


def content(function: Function, given: bytes) -> str | bytes:
    """Return the blob's content: bytes if `dataType` is binary, else (the default) a string."""
    binary = str(function.trigger.get("dataType", "")).lower() in {"binary", "2"}
    return given if binary else given.decode("utf-8", "replace")


def blob_call(value: Any, blob: FoundBlob, uri: str, captures: Mapping[str, str]) -> Call:
    """Create the call for a blob; the path's captures override metadata, as in the real host."""
    metadata = {
        "BlobTrigger": blob.path,
        "Uri": Quoted(uri),
        "Properties": dict(blob.properties),
        "Metadata": dict(blob.metadata),
        **captures,
    }
    return Call(value, metadata)


def poison_message(function: Function, blob: FoundBlob) -> str:
    """Create the message for `POISON_QUEUE` in the format of the host's BlobTriggerMessage."""
    return json.dumps(
        {
            "Type": "BlobTrigger",
            "FunctionId": f"Host.Functions.{function.name}",
            "BlobType": blob.kind,
            "ContainerName": blob.container,
            "BlobName": blob.name,
            "ETag": f'"{blob.etag}"',
        }
    )
