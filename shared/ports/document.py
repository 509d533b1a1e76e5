"""A read-only JSON object."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
