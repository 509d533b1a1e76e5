"""What the rest of Sluice may ask of a package's content, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.domain.errors import Finding


@dataclass(frozen=True)
class ConnectionUse:
    """One place where a package names a connection of the workspace.

    `replaceable`: the manifest's `flow.connections` can replace it. Not so for connections that a
    flex flow's class is created with: the runtime looks these up by name.
    """

    name: str
    file: str
    line: int | None
    used_by: str
    replaceable: bool = True


@dataclass(frozen=True)
class Chat:
    """The names of a chat's input, history and output."""

    input: str
    history: str
    output: str


@dataclass(frozen=True)
class Part:
    """A part of the package that is registered by itself.

    `path`: a folder or file, `.` for the whole package. `name`: of the folder or file in the
    container. `type`: Azure's type, of a part that is a model.
    """

    path: str
    name: str
    type: str = "custom_model"


@dataclass(frozen=True)
class Code:
    """Code that Azure's inference server loads: a folder, and the path of the script in it."""

    part: Part
    script: str


class Content(Protocol):
    """The content of a readable package; the findings beside it say whether it can be deployed.

    Values alone. Each kind has a frozen dataclass of its own with these members.
    """

    @property
    def kind_name(self) -> str:
        """Name of its kind, by which `kind_named` finds it."""

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs; empty if they are not known."""

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs; empty if they are not known."""

    @property
    def chat(self) -> Chat | None:
        """How its chat goes on to a second turn; None if it is no chat."""

    @property
    def image(self) -> str | None:
        """The image that it runs in, unless the manifest names another; None if Azure makes it."""

    @property
    def conda(self) -> str | None:
        """Text of the conda file that is installed over the image, or None."""

    @property
    def code(self) -> Code | None:
        """What is registered as code; None if the image has a server that needs none."""

    @property
    def model_part(self) -> Part | None:
        """What is registered as the model, or None."""

    @property
    def registered_model(self) -> str | None:
        """The registered model that it uses, or None.

        The end of the ARM id (`models/name/versions/1`), or the whole id of one in a registry.
        """

    @property
    def requirements_file(self) -> str | None:
        """Path of the requirements that are installed over the image, or None."""

    @property
    def requirement_files(self) -> tuple[str, ...]:
        """Paths of all files that are needed to install the requirements."""

    @property
    def environment_variables(self) -> Mapping[str, str]:
        """Its own variables, which its server sets."""

    @property
    def connections(self) -> tuple[ConnectionUse, ...]:
        """Every use of a connection, so that a finding can name file and line."""

    @property
    def connection_names(self) -> tuple[str, ...]:
        """Names of all connections that it uses, sorted, each once."""

    @property
    def made_with_connections(self) -> bool:
        """Whether its code is created with connections, which the server looks up otherwise."""

    @property
    def uses_index_lookup(self) -> bool:
        """Whether the endpoint's identity needs to read the workspace's datastores."""

    @property
    def unless_set(self) -> Mapping[str, tuple[Finding, ...]]:
        """By variable, or variable and value (`NAME=value`), findings that setting it settles."""


@dataclass(frozen=True, kw_only=True)
class WithoutFlow:
    """The members of a content that only flows have, for packages that are none."""

    requirements_file: str | None = None
    requirement_files: tuple[str, ...] = ()
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    chat: Chat | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[ConnectionUse, ...] = ()
    connection_names: tuple[str, ...] = ()
    made_with_connections: bool = False
    uses_index_lookup: bool = False
    unless_set: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
