"""What a flow says about itself, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.domain.errors import Finding

type Kind = Literal["dag", "flex", "prompty"]


def _empty(value: Any) -> Any:
    """A key with nothing after it means none, as in the runtime."""
    return {} if value is None else value


class _Said(BaseModel):
    """A part of a flow file; what it says besides is the runtime's business."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class FlowInput(_Said):
    """One input of the flow. Without a default it is required."""

    name: str
    type: str
    default: Any = None
    description: str | None = None
    is_chat_input: bool = False
    is_chat_history: bool | None = None


class FlowOutput(_Said):
    """One output; `evaluation_only` ones are never in a response."""

    name: str
    type: str
    reference: Any = None
    description: str | None = None
    is_chat_output: bool = False
    evaluation_only: bool = False


class Source(_Said):
    """Where a node's code is: a file of the flow, or a tool of a Python package."""

    type: str = "code"
    path: str | None = None
    tool: str | None = None


class Activate(_Said):
    """The condition under which a node runs."""

    when: Any
    is_: Any = Field(alias="is")


class Node(_Said):
    """One node, the default variant put in where it has variants."""

    name: str
    type: str | None = None
    source: Source | None = None
    inputs: dict[str, Any] = Field(default_factory=dict)
    connection: str | None = None
    api: str | None = None
    activate: Activate | None = None
    aggregation: bool = False
    reduce: bool = False
    use_variants: bool = False


class Variants(_Said):
    """The variants of one node."""

    default_variant_id: Any = ""
    variants: dict[Any, Any]


class Environment(_Said):
    """What the flow runs in.

    Attributes:
        image: Base image, or None for the runtime's own.
        python_requirements_txt: Path of the requirements file inside the flow, or None.
    """

    image: str | None = None
    python_requirements_txt: str | None = None
    conda_file: str | None = None
    setup_sh: str | None = None


Nothing = BeforeValidator(_empty)


@dataclass(frozen=True)
class ConnectionUse:
    """One place where the flow names a connection of the workspace.

    `replaceable`: whether the manifest's `flow.connections` can put another one in its place; what
    a flex flow's class is made with the runtime looks up by the name that it is given.
    """

    name: str
    file: str
    line: int | None
    used_by: str
    replaceable: bool = True


@dataclass(frozen=True)
class Flow:
    """A flow that can be read; whether it can be deployed is in the findings beside it.

    Attributes:
        kind: `dag` (flow.dag.yaml), `flex` (flow.flex.yaml with an entry) or `prompty` (one alone).
        file: The flow file.
        title: Its display name, or None.
        inputs: In the order of the file; a flex flow's from its entry where the file is silent.
        outputs: In the order of the file; a flex flow may declare none.
        nodes: Of a dag flow, default variants put in.
        connections: Every use, so that a finding can name file and line.
        environment_variables: As the flow file gives them, values as text.
        uses_index_lookup: The endpoint's identity then needs to read the workspace's datastores.
        streams: An output comes from an llm node or a generator, so a response may be streamed.
        sample: Inputs that the flow file itself gives as a sample.
        entry: Of a flex flow, `module:function` or `module:Class`.
        requirement_files: Paths of all files that pip needs to install the requirements.
        made_with_connections: Its entry's class is made with connections, which the runtime looks
            up in a way of its own.
        unless_set: By environment variable, or variable and value (`NAME=value`), findings that
            do not hold where the deployment sets it.
    """

    kind: Kind
    file: str
    title: str | None = None
    inputs: tuple[FlowInput, ...] = ()
    outputs: tuple[FlowOutput, ...] = ()
    nodes: tuple[Node, ...] = ()
    connections: tuple[ConnectionUse, ...] = ()
    environment: Environment = field(default_factory=Environment)
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    uses_index_lookup: bool = False
    streams: bool = False
    sample: Mapping[str, Any] = field(default_factory=dict)
    entry: str | None = None
    requirement_files: tuple[str, ...] = ()
    made_with_connections: bool = False
    unless_set: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def connection_names(self) -> tuple[str, ...]:
        """Names of all connections that the flow uses, sorted, each once."""
        return tuple(sorted({use.name for use in self.connections}))

    @property
    def chat_input(self) -> str | None:
        """The input that takes a person's words, in a chat flow."""
        return next((each.name for each in self.inputs if each.is_chat_input), None)

    @property
    def chat_history(self) -> str | None:
        """The input that takes the turns so far; the name chat_history will do."""
        marked = [each.name for each in self.inputs if each.is_chat_history]
        named = [
            each.name
            for each in self.inputs
            if each.name == "chat_history" and each.is_chat_history is not False
        ]
        return next(iter((*marked, *named)), None)

    @property
    def chat_output(self) -> str | None:
        """The output that answers the person, in a chat flow."""
        return next((each.name for each in self.outputs if each.is_chat_output), None)

    @property
    def is_chat(self) -> bool:
        """Whether a chat window can talk to it: chat input, history and answer."""
        return bool(self.chat_input and self.chat_history and self.chat_output)
