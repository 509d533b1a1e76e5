"""A reading as JSON, to pass it from the process that reads to the app."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow import Flow
from shared.domain.manifest import Manifest
from shared.package.reading import Reading


def to_json(reading: Reading) -> dict[str, Any]:
    """Convert a reading to plain JSON, without the layers: findings already have their lines."""
    flow = reading.flow
    return {
        "flow": flow and _flows().dump_python(flow, mode="json", by_alias=True),
        "manifest": reading.manifest.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "digest": reading.digest,
        "requirements_digest": reading.requirements_digest,
        "findings": [each.to_dict() for each in reading.findings],
    }


def from_json(plain: Mapping[str, Any]) -> Reading:
    """Convert the output of `to_json` back."""
    flow = plain["flow"]
    return Reading(
        flow=flow and _flows().validate_python(flow),
        manifest=Manifest.model_validate(plain["manifest"]),
        digest=plain["digest"],
        requirements_digest=plain["requirements_digest"],
        findings=tuple(Finding.from_dict(each) for each in plain["findings"]),
    )


@cache
def _flows() -> TypeAdapter[Flow]:
    return TypeAdapter(Flow)
