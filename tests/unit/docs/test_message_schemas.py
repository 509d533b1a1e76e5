"""The schemas of messages are those of the code, and each example of the reference fits its own.

What is sent is held against its schema by the fakes' bus and by the client of the end-to-end tests.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docs.message_schemas import FOLDER, schemas, text
from shared.domain.errors import Rejected
from shared.domain.jobs.decision import parse_asked_decision
from shared.domain.requests.request_body import parse_asked
from tests.fakes.schemas import check_event, validator

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "messages.md"
EXAMPLES = [
    json.loads(it) for it in re.findall(r"```json\n(.*?)```", REFERENCE.read_text(), re.DOTALL)
]


def test_the_files_are_what_the_code_says() -> None:
    made = schemas()
    assert {it.name for it in FOLDER.iterdir()} == set(made)
    for name, schema in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text(schema), "run `make docs`"
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_examples_of_the_reference_fit() -> None:
    request, decision, result = EXAMPLES
    validator("request.json").validate(request)
    validator("decision.json").validate(decision)
    assert set(result) == set(schemas()["result.json"]["required"])


SOURCES: list[tuple[dict[str, Any], bool]] = [
    ({"source": {"blob": "a.zip"}}, True),
    ({"source": {"folder": "a/"}, "manifest": {"endpoint": {"name": "x"}}}, True),
    ({"source": {"endpoint": "hello"}, "force": True}, True),
    ({"source": {"endpoint": "hello", "revision": "previous"}}, True),
    ({"source": {}}, False),
    ({"source": {"blob": "a.zip", "folder": "a/"}}, False),
    ({"source": {"blob": "a.zip"}, "other": 1}, False),
    ({}, False),
]


@pytest.mark.parametrize(("body", "fits"), SOURCES)
def test_a_request_fits_the_schema_if_and_only_if_sluice_reads_it(
    body: dict[str, Any], fits: bool
) -> None:
    assert validator("request.json").is_valid(body) is fits
    try:
        parse_asked(json.dumps(body).encode())
    except Rejected:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({"job": "3f2a9c0d41e7b6a85d20", "decision": "abort"}, True),
        ({"job": "3f2a9c0d41e7b6a85d20", "decision": "dance"}, False),
        ({"decision": "abort"}, False),
    ],
)
def test_a_decision_fits_the_schema_if_and_only_if_sluice_reads_it(
    body: dict[str, Any], fits: bool
) -> None:
    assert validator("decision.json").is_valid(body) is fits
    try:
        parse_asked_decision(json.dumps(body).encode())
    except Rejected:
        assert not fits
    else:
        assert fits


def test_an_event_that_lacks_a_field_does_not_fit() -> None:
    *_, event = EXAMPLES
    with pytest.raises(jsonschema.ValidationError, match="'kind' is a required property"):
        check_event(event)
