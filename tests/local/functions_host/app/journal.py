"""The journal of the sample's functions: JSON lines in a file named by an app setting."""

import json
import os
import time
from pathlib import Path
from typing import Any


def note(kind: str, **seen: Any) -> None:
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"kind": kind, "noted": time.time(), **seen}, default=str) + "\n")
