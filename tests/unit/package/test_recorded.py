"""Requests to compare with, from a JSONL file of the package."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.comparison.settings import Recorded
from shared.domain.errors import Rejected
from shared.domain.manifest import Manifest, merged
from shared.package import limits
from shared.package.reading import Reading, read
from shared.package.transport import from_json, to_json
from tests.fakes.world import CODE, FLOW

NAMED = "comparison: {samples: asked/questions.jsonl}\n"

type Drop = Callable[..., Reading]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Read a package whose manifest names a file with this text."""

    def made(text: str, manifest: str = NAMED) -> Reading:
        (tmp_path / "flow.dag.yaml").write_text(FLOW)
        (tmp_path / "say.py").write_text(CODE)
        (tmp_path / "deploy.yaml").write_text(manifest)
        (tmp_path / "asked").mkdir()
        (tmp_path / "asked" / "questions.jsonl").write_text(text, encoding="utf-8")
        return read(tmp_path)

    return made


def test_each_line_is_a_request(drop: Drop):
    reading = drop('{"question": "a"}\r\n\n{"question": "ö"}\n')

    assert reading.findings == ()
    assert reading.recorded == (
        Recorded("asked/questions.jsonl:1", {"question": "a"}),
        Recorded("asked/questions.jsonl:3", {"question": "ö"}),
    )
    plain = json.loads(json.dumps(to_json(reading)))
    assert from_json(plain).recorded == reading.recorded


def test_what_the_data_collector_wrote_is_read_row_by_row(drop: Drop):
    event = {
        "specversion": "1.0",
        "id": "1",
        "type": "azureml.inference.model_inputs",
        "data": [{"question": "a"}, {"question": "b"}],
        "collectdatatype": "pandas.core.frame.DataFrame",
    }
    reading = drop(json.dumps(event))

    assert [it.input for it in reading.recorded] == [{"question": "a"}, {"question": "b"}]


def test_a_logged_payload_is_one_request(drop: Drop):
    event = {"specversion": "1.0", "type": "azureml.inference.request", "data": {"question": "a"}}

    assert [it.input for it in drop(json.dumps(event)).recorded] == [{"question": "a"}]


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ('{"specversion": "1.0", "dataref": "https://x/y"}', 1, "put this request elsewhere"),
        ('{"a": 1}\n[1]', 2, "not a JSON object"),
        ('{"a": 1}\n{"a": ', 2, "Expecting value"),
        ('{"specversion": "1.0", "data": "text"}', 1, "not a JSON object"),
        ("\n", None, "the file has no request"),
        ('{"a": 1}\n' * (limits.MAX_REQUESTS + 1), None, "more than 200 requests"),
        (json.dumps({"a": "x" * limits.MAX_REQUESTS_TEXT}), None, "or 256 KB"),
        (json.dumps({"a": "x" * limits.MAX_TEXT}), None, "over 1024 KB"),
    ],
)
def test_what_cannot_be_asked_is_a_finding(drop: Drop, text: str, line: int | None, cause: str):
    [error] = drop(text).errors

    assert (error.file, error.line) == ("asked/questions.jsonl", line)
    assert cause in error.cause


def test_a_file_that_is_not_there_is_named_with_its_line(drop: Drop):
    [error] = drop("", "comparison:\n  samples: other.jsonl\n").errors

    assert (error.file, error.line) == ("deploy.yaml", 2)
    assert error.cause == "'other.jsonl' is not in the package"


def test_only_the_package_names_its_file():
    with pytest.raises(Rejected) as refused:
        merged(Manifest(), {"comparison": {"samples": "x.jsonl"}})

    assert refused.value.findings[0].file == "manifest.comparison.samples"


@pytest.mark.parametrize("path", ["$", "", "a..b", "$.a[x]", "a[", "[1", "a" * 401])
def test_what_is_no_path_is_refused(drop: Drop, path: str):
    written = json.dumps({"comparison": {"ignore": [path]}})
    assert [it.file for it in drop("{}", written).errors] == ["deploy.yaml"]


@pytest.mark.parametrize("path", ["$.a", "a.b[0].c", "$.items[*].score", "$.*.id", "$[0]", "$[*]"])
def test_what_is_a_path_is_taken(drop: Drop, path: str):
    written = json.dumps({"comparison": {"ignore": [path]}})
    assert drop("{}", written).errors == ()


def test_a_fixed_name_contradicts_a_comparison(drop: Drop):
    [error] = drop("{}", "deployment: {name: blue}\ncomparison: {contract: true}\n").errors
    assert "fixed name" in error.cause
