"""The blob trigger's SDK-type binding, reduced to what Sluice takes of it: a name.

The stock binding (azurefunctions-extensions-bindings-blob) builds a storage client for each event
and costs a third of the app's import time; the host sends the same either way: where the blob is,
never its bytes.
"""

import json
from typing import Any

from azurefunctions.extensions.base import Datum, InConverter, SdkType


class DroppedBlob(SdkType):  # type: ignore[misc]
    """A blob that was written. `path` is inside its container."""

    def __init__(self, *, data: Any) -> None:
        content = json.loads(data.content)
        self.path = str(content["BlobName"])

    def get_sdk_type(self) -> "DroppedBlob":
        return self


class DroppedBlobConverter(  # type: ignore[call-arg]
    InConverter,  # type: ignore[misc]
    binding="blob",
    trigger="blobTrigger",
):
    """Tells the worker how to make one; registered by being defined."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        return issubclass(pytype, DroppedBlob)

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: Any = None) -> DroppedBlob:
        del trigger_metadata, pytype
        if data is None or data.type != "model_binding_data":
            raise ValueError("The host sent a blob's content where its name was asked for")
        return DroppedBlob(data=data.value)

    @classmethod
    def has_implicit_output(cls) -> bool:
        return False
