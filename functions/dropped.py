"""An SDK-type binding for the blob trigger that reads only the blob's name.

The stock binding (azurefunctions-extensions-bindings-blob) builds a storage client for each event
and takes a third of the app's import time. The host sends the same data to both: where the blob
is, never its bytes.
"""

import json
from typing import Any

from azurefunctions.extensions.base import Datum, InConverter, SdkType


class DroppedBlob(SdkType):  # type: ignore[misc]
    """A blob that was written. `path`: its path in the container."""

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
    """Converts the host's data to a `DroppedBlob`. Defining the class registers it."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        return issubclass(pytype, DroppedBlob)

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: Any = None) -> DroppedBlob:
        del trigger_metadata, pytype
        if data is None or data.type != "model_binding_data":
            raise ValueError("The host sent a blob's content instead of its name")
        return DroppedBlob(data=data.value)

    @classmethod
    def has_implicit_output(cls) -> bool:
        return False
