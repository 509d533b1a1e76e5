"""Prompt flows: inputs, outputs, connections and environment, and faults in them."""

from shared.domain.kinds.content import ConnectionUse
from shared.domain.kinds.missing import missing_connections
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.model import (
    Environment,
    Flow,
    FlowInput,
    FlowOutput,
    Kind,
    Node,
    Source,
)
from shared.domain.kinds.prompt_flow.named import named_requirements, named_texts
from shared.domain.kinds.prompt_flow.reading import read_flow, read_prompty
from shared.domain.kinds.prompt_flow.sample import sample_input

__all__ = [
    "ConnectionUse",
    "Contents",
    "Environment",
    "Flow",
    "FlowInput",
    "FlowOutput",
    "Kind",
    "Node",
    "Source",
    "missing_connections",
    "named_requirements",
    "named_texts",
    "read_flow",
    "read_prompty",
    "sample_input",
]
