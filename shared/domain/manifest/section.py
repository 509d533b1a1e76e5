"""Base class of all parts of the manifest."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the manifest; unknown fields are refused, so that typing errors are found."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=True
    )
