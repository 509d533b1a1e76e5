"""The content of a package with a scoring script, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.content import Chat, Code, ConnectionUse, Part

SCORING_SCRIPT_NAME = "scoring_script"
"""The name of scoring scripts among the kinds of package."""
DEFAULT_IMAGE = "mcr.microsoft.com/azureml/minimal-py312-inference:latest"
"""Azure's minimal image for inference, of the newest Python that has one."""


@dataclass(frozen=True)
class ScoringScript:
    """A readable scoring script; the findings beside it say whether it can be deployed.

    Attributes:
        code: The folder that is registered as code, and the script in it.
        conda: Text of the conda file that is installed over the image; None if there is none.
        model_part: What is registered as the model, or None.
        registered_model: The end of the ARM id of a model that the deployment names, or None.
        sample: A sample request that the script itself tells, or None.
        llm_client: The first client of a language model that its code imports, or None.
    """

    code: Code
    conda: str | None = None
    model_part: Part | None = None
    registered_model: str | None = None
    sample: Mapping[str, Any] | None = None
    llm_client: str | None = None
    image: str = DEFAULT_IMAGE
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

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return SCORING_SCRIPT_NAME
