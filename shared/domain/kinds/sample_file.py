"""A sample request in a file of its own, under the name that az ml's examples have."""

import json
from typing import Any

from shared.domain.kinds.files import Files

SAMPLE_FILE = "sample-request.json"


def sample_in_file(files: Files) -> dict[str, Any] | None:
    """Return the body of a request that `sample-request.json` holds, if it is a JSON object."""
    try:
        value = json.loads(files.texts.get(SAMPLE_FILE, ""))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None
