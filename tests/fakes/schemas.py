"""The JSON Schemas of what Sluice sends, as validators."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from docs.message_schemas import FOLDER
from shared.domain.jobs.drift_event import TYPE


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a schema, by the name of its file."""
    schema = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


def check_event(event: Mapping[str, Any]) -> None:
    """Raise ValidationError if a message on the queue of results is not as its schema says."""
    validator("drift.json" if event["type"] == TYPE else "result.json").validate(event)
