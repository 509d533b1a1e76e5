"""A reading as JSON, to pass it from the process that reads to the app."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.comparison.settings import Recorded
from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.kinds.known import kind_named
from shared.domain.manifest import Manifest
from shared.package.reading import Reading


def to_json(reading: Reading) -> dict[str, Any]:
    """Convert a reading to plain JSON, without the layers: findings already have their lines."""
    content = reading.content
    kind = content.kind_name if content is not None else ""
    return {
        "kind": kind,
        "content": content and _adapter(kind).dump_python(content, mode="json", by_alias=True),
        "manifest": reading.manifest.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "digest": reading.digest,
        "requirements_digest": reading.requirements_digest,
        "part_digests": dict(reading.part_digests),
        "findings": [each.to_dict() for each in reading.findings],
        "recorded": [asdict(each) for each in reading.recorded],
    }


def from_json(plain: Mapping[str, Any]) -> Reading:
    """Convert the output of `to_json` back."""
    content = plain["content"]
    return Reading(
        content=content and _adapter(plain["kind"]).validate_python(content),
        manifest=Manifest.model_validate(plain["manifest"]),
        digest=plain["digest"],
        requirements_digest=plain["requirements_digest"],
        part_digests=plain["part_digests"],
        findings=tuple(Finding.from_dict(each) for each in plain["findings"]),
        recorded=tuple(Recorded(**each) for each in plain["recorded"]),
    )


@cache
def _adapter(kind: str) -> TypeAdapter[Content]:
    return TypeAdapter(kind_named(kind).content)
