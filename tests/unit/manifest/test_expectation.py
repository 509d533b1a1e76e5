from typing import Any

import pytest

from shared.domain.manifest import Expectation, unmet


@pytest.mark.parametrize(
    ("expect", "answer"),
    [
        (None, {"a": 1}),
        (Expectation(), "anything"),
        (Expectation(contains="PARIS"), {"answer": "It is Paris."}),
        (Expectation(output="answer", contains="is"), {"answer": "It is"}),
        (Expectation(output="n", equals=3), {"n": 3}),
        (Expectation(equals={"n": 3}), {"n": 3}),
        (Expectation(equals=None), None),
        (Expectation(equals=1), 1.0),
        (Expectation(equals=True), True),
        (Expectation(equals=[{"n": 0}, False]), [{"n": 0}, False]),
        (Expectation(json_schema={"required": ["n"]}), {"n": 3}),
        (Expectation(output="n", json_schema={"type": "integer", "minimum": 3}), {"n": 3}),
    ],
)
def test_an_expected_answer_passes(expect: Expectation | None, answer: Any) -> None:
    assert unmet(expect, answer) is None


@pytest.mark.parametrize(
    ("expect", "answer", "why"),
    [
        (Expectation(contains="Paris"), {"answer": "London"}, "does not contain 'Paris'"),
        (Expectation(output="answer"), {"other": 1}, "'answer' is not in the answer"),
        (Expectation(output="answer"), "text", "'answer' is not in the answer"),
        (Expectation(output="n", equals=3), {"n": 4}, "is not 3 but 4"),
        (Expectation(equals=None), "x", "is not null but x"),
        (Expectation(output="n", equals=1), {"n": True}, "is not 1 but true"),
        (Expectation(equals=False), 0, "is not false but 0"),
        (Expectation(equals={"n": [1]}), {"n": [True]}, "is not {"),
        (Expectation(json_schema={"required": ["n"]}), {"m": 3}, "'n' is a required property"),
        (Expectation(output="n", json_schema={"type": "integer"}), {"n": "3"}, "not of type"),
    ],
)
def test_an_unexpected_answer_is_reported_with_its_content(
    expect: Expectation, answer: Any, why: str
) -> None:
    assert why in (unmet(expect, answer) or "")


def test_a_long_answer_is_cut_short() -> None:
    assert len(unmet(Expectation(contains="x"), "y" * 10_000) or "") < 300
