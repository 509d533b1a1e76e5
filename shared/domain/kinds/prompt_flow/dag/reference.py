"""References between inputs, nodes and outputs, as the runtime reads them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """`${inputs.question}` refers to an input, `${answer.output.text}` to a node."""

    node: str | None = None
    input: str | None = None
    section: str = "output"


def reference(value: Any) -> Reference | None:
    """Read a reference; None for a literal.

    The whole value must be a reference; `${flow.x}` is an older `${inputs.x}`
    (promptflow 1.18, `InputAssignment.deserialize`).
    """
    if not isinstance(value, str) or not (value.startswith("${") and value.endswith("}")):
        return None
    inside = value[2:-1]
    for prefix in ("inputs.", "flow."):
        if inside.startswith(prefix):
            return Reference(input=inside.removeprefix(prefix))
    node, _, port = inside.partition(".")
    return Reference(node=node, section=port.split(".", 1)[0] or "output")
