"""What all parts of the manifest have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the manifest; unknown fields are refused, since a slip would go unseen."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=True
    )
