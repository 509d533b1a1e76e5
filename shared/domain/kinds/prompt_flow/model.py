"""The parts of a flow file, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.domain.errors import Finding
from shared.domain.kinds.content import Chat, Code, ConnectionUse, Part

type Kind = Literal["dag", "flex", "prompty"]

PROMPT_FLOW_NAME = "prompt_flow"
"""The name of prompt flow among the kinds of package."""
DEFAULT_IMAGE = "mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest"


def _empty(value: Any) -> Any:
    """Read a key without a value as empty, as the runtime does."""
    return {} if value is None else value


class _Part(BaseModel):
    """A part of a flow file; unknown keys are left to the runtime."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class FlowInput(_Part):
    """One input of the flow. Without a default it is required."""

    name: str
    type: str
    default: Any = None
    description: str | None = None
    is_chat_input: bool = False
    is_chat_history: bool | None = None


class FlowOutput(_Part):
    """One output; `evaluation_only` ones are never in a response."""

    name: str
    type: str
    reference: Any = None
    description: str | None = None
    is_chat_output: bool = False
    evaluation_only: bool = False


class Source(_Part):
    """The source of a node: a file of the flow, or a tool of a Python package."""

    type: str = "code"
    path: str | None = None
    tool: str | None = None


class Activate(_Part):
    """The condition under which a node runs."""

    when: Any
    is_: Any = Field(alias="is")


class Node(_Part):
    """One node; with variants, the default one."""

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


class Variants(_Part):
    """The variants of one node."""

    default_variant_id: Any = ""
    variants: dict[Any, Any]


class Environment(_Part):
    """The flow's environment.

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
class Flow:
    """A readable flow; the findings beside it say whether it can be deployed.

    Attributes:
        kind: `dag` (flow.dag.yaml), `flex` (flow.flex.yaml with an entry) or `prompty` (one alone).
        file: The flow file.
        title: Its display name, or None.
        inputs: In the order of the file; for a flex flow also from its entry.
        outputs: In the order of the file; a flex flow may declare none.
        nodes: Nodes of a dag flow, with default variants.
        connections: Every use, so that a finding can name file and line.
        environment_variables: From the flow file, values as text.
        uses_index_lookup: The endpoint's identity then needs to read the workspace's datastores.
        streams: An output comes from an llm node or a generator, so a response may be streamed.
        sample: Sample inputs in the flow file.
        entry: `module:function` or `module:Class` of a flex flow.
        requirement_files: Paths of all files that pip needs to install the requirements.
        made_with_connections: Its entry's class is created with connections, which the runtime
            looks up in a different way.
        unless_set: By environment variable, or variable and value (`NAME=value`), findings that
            are dropped if the deployment sets it.
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
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return PROMPT_FLOW_NAME

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(each.name for each in self.inputs)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(each.name for each in self.outputs)

    @property
    def image(self) -> str:
        """The flow file's image, or that of the runtime."""
        return self.environment.image or DEFAULT_IMAGE

    @property
    def conda(self) -> str | None:
        """None: the runtime's image is not built from conda files."""
        return None

    @property
    def code(self) -> Code | None:
        """None: the runtime loads the flow from the model."""
        return None

    @property
    def model_part(self) -> Part | None:
        """The flow is the model."""
        return Part(".", "flow")

    @property
    def registered_model(self) -> str | None:
        """None: the flow is the model."""
        return None

    @property
    def requirements_file(self) -> str | None:
        """Path of the requirements file, or None."""
        return self.environment.python_requirements_txt

    @property
    def connection_names(self) -> tuple[str, ...]:
        """Names of all connections that the flow uses, sorted, each once."""
        return tuple(sorted({use.name for use in self.connections}))

    @property
    def chat_input(self) -> str | None:
        """The chat input of a chat flow."""
        return next((each.name for each in self.inputs if each.is_chat_input), None)

    @property
    def chat_history(self) -> str | None:
        """The input for the chat history; one named chat_history needs no mark."""
        marked = [each.name for each in self.inputs if each.is_chat_history]
        named = [
            each.name
            for each in self.inputs
            if each.name == "chat_history" and each.is_chat_history is not False
        ]
        return next(iter((*marked, *named)), None)

    @property
    def chat_output(self) -> str | None:
        """The chat output of a chat flow."""
        return next((each.name for each in self.outputs if each.is_chat_output), None)

    @property
    def is_chat(self) -> bool:
        """True for a chat flow: it has chat input, history and output."""
        return self.chat is not None

    @property
    def chat(self) -> Chat | None:
        """The names of chat input, history and output; None for other flows."""
        names = self.chat_input, self.chat_history, self.chat_output
        return Chat(*map(str, names)) if all(names) else None
