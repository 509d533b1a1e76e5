"""Sample requests from a model's input examples."""

from typing import Any

import pytest

from shared.domain.kinds.mlflow_model.sample import sample_of
from tests.unit.kinds.mlflow_model.reader import FILES, SAMPLE, read

FRAME = {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, None]]}


@pytest.mark.parametrize(
    ("example", "asked"),
    [
        ('{"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"], [2, null]]}}', FRAME),
        ('{"columns": ["a", "b"], "data": [[1, "x"], [2, null]]}', FRAME),
        ('{"columns": ["a"], "index": [7], "data": [[1]]}', {"index": [7]}),
        ('{"dataframe_records": [{"a": 1, "b": "x"}, {"a": 2}]}', FRAME),
        ('{"dataframe_split": {"data": [[1, 2]]}}', [[1, 2]]),
        ('{"inputs": [[1.5]]}', [[1.5]]),
        ('{"inputs": {"x": [[1.5]]}}', {"x": [[1.5]]}),
        ('{"instances": [[1.5]]}', [[1.5]]),
        ('["text"]', ["text"]),
    ],
)
def test_an_example_becomes_what_azures_script_takes(example: str, asked: Any) -> None:
    found = sample_of(example)
    assert found is not None
    if isinstance(asked, dict) and "data" not in asked:
        found = {"input_data": {it: found["input_data"][it] for it in asked}}
    assert found == {"input_data": asked}


def test_parameters_go_with_it() -> None:
    text = '{"inputs": [1], "params": {"temperature": 0.5}}'
    assert sample_of(text) == {"input_data": [1], "params": {"temperature": 0.5}}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "3", "[]", '"a"', '{"a": 1}', '{"inputs": []}', "[NaN]", "[" * 10_000),
        '{"dataframe_records": [1]}',
    ],
)
def test_what_tells_no_request(text: str) -> None:
    assert sample_of(text) is None


def test_the_servers_example_comes_first_and_else_the_other() -> None:
    assert read(FILES)[0].sample == SAMPLE
    assert read({**FILES, "serving_input_example.json": "{"})[0].sample == SAMPLE
    assert read({**FILES, "serving_input_example.json": '{"inputs": [1]}'})[0].sample == {
        "input_data": [1]
    }
