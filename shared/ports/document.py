"""A JSON object that is read and not changed."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
