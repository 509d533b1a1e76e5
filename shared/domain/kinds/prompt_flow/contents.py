"""Files and texts of a flow, as values for the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.kinds.files import Files
from shared.domain.parsing.document import Document


@dataclass(frozen=True)
class Contents(Files):
    """Files of one flow; its texts are Python sources, requirements and flow.tools.json.

    Attributes:
        prompties: Front matter of each .prompty file, by path.
        tools: Content of .promptflow/flow.tools.json, `{}` without one.
    """

    prompties: Mapping[str, Document] = field(default_factory=dict)
    tools: Mapping[str, Any] = field(default_factory=dict)
