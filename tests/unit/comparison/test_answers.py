"""Two answers are compared value by value, as far as the allowances go."""

from typing import Any

import pytest

from shared.domain.comparison.answers import NOTHING, differences, similarity
from shared.domain.comparison.settings import Allowances

LONG = "The capital of France is Paris, a city of two million people on the river Seine."


def paths(old: Any, new: Any, **allowed: Any) -> list[str]:
    return [it.path for it in differences(old, new, Allowances(**allowed))]


@pytest.mark.parametrize(
    "value", [None, True, 0, 1.5, "text", [], [1, "a"], {}, {"a": [{"b": None}]}]
)
def test_a_value_equals_itself(value: Any):
    assert paths(value, value) == []


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (0, -0.0), (10**400, 10**400)])
def test_the_same_number_is_equal_however_it_is_written(old: Any, new: Any):
    assert paths(old, new) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(1, True), (0, False), (1, "1"), (None, 0), ([], {}), ("", None), (10**400, 1.0), ("a", "A")],
)
def test_other_values_and_types_differ(old: Any, new: Any):
    assert paths(old, new) == ["$"]
    assert paths({"a": [old]}, {"a": [new]}) == ["$.a[0]"]


def test_a_difference_shows_both_values_and_what_is_missing():
    [gone, came] = differences({"answer": "yes"}, {"reply": "no"}, Allowances())

    assert str(gone) == f'$.answer: "yes" became {NOTHING}'
    assert str(came) == f'$.reply: {NOTHING} became "no"'


def test_lists_are_compared_item_by_item_and_by_length():
    assert paths([1, 2, 3], [1, 5]) == ["$", "$[1]"]


def test_long_values_are_cut_and_secrets_are_masked():
    [long] = differences({"answer": "a" * 1000}, {"answer": 'password="hunter2"'}, Allowances())

    assert len(long.old) == 200
    assert long.old.endswith("...")
    assert "hunter2" not in long.new


@pytest.mark.parametrize(("new", "equal"), [(101, True), (99.1, True), (102, False), (-100, False)])
def test_numbers_may_differ_by_the_tolerance(new: float, equal: bool):
    assert (paths({"score": 100}, {"score": new}, tolerance=0.01) == []) is equal


def test_a_tolerance_is_for_numbers_alone():
    assert paths({"a": "1.00"}, {"a": "1.001"}, tolerance=0.01) == ["$.a"]
    assert paths({"a": True}, {"a": 1}, tolerance=0.5) == ["$.a"]


@pytest.mark.parametrize(
    "ignored", ["$.id", "id", "$.items[*].id", "items[0].id", "$.*", "$.items[0]"]
)
def test_ignored_paths_are_not_compared(ignored: str):
    old = {"id": 1, "items": [{"id": 1}]}
    new = {"id": 2, "items": [{"id": 2}]}
    everything = {"$.id", "$.items[0].id"}
    left = {
        "$.id": {"$.items[0].id"},
        "id": {"$.items[0].id"},
        "$.*": set(),
    }.get(ignored, {"$.id"})

    assert set(paths(old, new)) == everything
    assert set(paths(old, new, ignore=(ignored,))) == left


def test_an_ignored_name_may_be_missing():
    assert paths({"a": 1, "trace": "x"}, {"a": 1}, ignore=("$.trace",)) == []
    assert paths({"a": 1}, {"a": 1, "trace": "x"}, ignore=("$.trace",)) == []


@pytest.mark.parametrize(
    ("new", "least", "most"),
    [
        (LONG, 100, 100),
        (LONG.replace("two million", "2.1 million"), 85, 99),
        ("I do not know.", 0, 25),
        ("", 0, 0),
    ],
)
def test_similarity_is_the_share_of_common_words(new: str, least: float, most: float):
    assert least <= similarity(LONG, new) <= most
    assert similarity(LONG, new) == similarity(new, LONG)


def test_texts_in_scripts_without_spaces_are_compared_by_character():
    assert similarity("東京は日本の首都です", "東京は日本の首都でした") > 80


def test_texts_may_differ_as_far_as_they_are_similar():
    other = {"answer": LONG.replace("two million", "2.1 million"), "words": 7}
    old = {"answer": LONG, "words": 7}

    assert paths(old, other) == ["$.answer"]
    assert paths(old, other, similar_percent=80) == []
    assert paths(old, {**other, "words": 8}, similar_percent=80) == ["$.words"]
    [worse] = differences(old, {**old, "answer": "No."}, Allowances(similar_percent=80))
    assert worse.words.endswith("% similar, 80 % are needed")


def test_very_long_texts_must_be_equal():
    text = "word " * 20_001
    assert similarity(text, text) == 100
    assert similarity(text, text + "more") == 0
