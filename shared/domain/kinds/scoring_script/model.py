"""The content of a package with a scoring script, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.kinds.content import Code, Part, WithoutFlow

SCORING_SCRIPT_NAME = "scoring_script"
"""The name of scoring scripts among the kinds of package."""
DEFAULT_IMAGE = "mcr.microsoft.com/azureml/minimal-py312-inference:latest"
"""Azure's minimal image for inference, of the newest Python that has one."""


@dataclass(frozen=True)
class ScoringScript(WithoutFlow):
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

    @property
    def kind_name(self) -> str:
        """Name of its kind of package."""
        return SCORING_SCRIPT_NAME
