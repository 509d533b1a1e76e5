"""How a deployment scales, in az ml's words."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from shared.domain.manifest.az_ml import Whole, snake
from shared.domain.manifest.section import Section


class ScaleSettings(Section):
    """How a deployment scales. Azure allows only `default` for managed ones."""

    type: Annotated[Literal["default", "target_utilization"], BeforeValidator(snake)]
    """`default`: instance_count sets the number; `target_utilization` is for Kubernetes."""
    min_instances: Annotated[Whole | None, Field(ge=0)] = None
    """Fewest instances, with `target_utilization`."""
    max_instances: Annotated[Whole | None, Field(gt=0)] = None
    """Most instances, with `target_utilization`."""
    polling_interval: Annotated[Whole | None, Field(gt=0)] = None
    """Seconds between two measurements of the utilization."""
    target_utilization_percentage: Annotated[Whole | None, Field(gt=0, le=100)] = None
    """Target utilization in per cent."""
