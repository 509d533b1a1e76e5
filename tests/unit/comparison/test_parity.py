"""Samples are judged by how many are answered as before."""

import pytest

from shared.domain.comparison.checks import Reply
from shared.domain.comparison.parity import (
    Compared,
    compare_replies,
    compared_from_json,
    judge_parity,
)
from shared.domain.comparison.settings import Allowances

STRICT = Allowances()
YES = Reply(200, {"answer": "yes"})


def found(*states: str) -> list[Compared]:
    """Samples that are equal, different, or refused or failed by the old deployment."""
    replies = {
        "equal": (YES, YES),
        "different": (YES, Reply(200, {"answer": "no"})),
        "refused": (Reply(400), YES),
        "failed": (Reply(500), YES),
    }
    return [
        compare_replies(f"{number}", *replies[it], STRICT) for number, it in enumerate(states, 1)
    ]


def test_equal_answers_pass():
    parity = judge_parity(found("equal", "equal"), 2, 100)

    assert (parity.over, parity.outcome) == (True, "passed")
    assert parity.words == "2 of 2 samples answered as before"


def test_a_difference_is_told_with_sample_path_and_both_values():
    parity = judge_parity(found("equal", "different"), 2, 100)

    assert parity.outcome == "failed"
    assert parity.words == (
        '1 of 2 samples answered as before. Sample 2, $.answer: "yes" became "no"'
    )
    [check] = parity.checks
    assert (check.name, check.words) == ("sample 2", '$.answer: "yes" became "no"')


@pytest.mark.parametrize(
    ("equal", "different", "failed"), [(9, 1, False), (8, 2, True), (18, 2, False), (0, 1, True)]
)
def test_so_many_per_cent_must_be_equal(equal: int, different: int, failed: bool):
    states = ["equal"] * equal + ["different"] * different
    outcome = judge_parity(found(*states), len(states), 90).outcome
    assert outcome == ("failed" if failed else "passed")


def test_a_new_deployment_that_refuses_differs():
    [one] = [compare_replies("1", YES, Reply(500, "boom"), STRICT)]

    assert one.state == "different"
    assert str(one.differences[0]) == '$: {"answer": "yes"} became status 500: "boom"'


def test_what_the_old_deployment_does_not_answer_does_not_count():
    parity = judge_parity(found("failed", "refused", "equal", "different"), 4, 50)

    assert parity.outcome == "passed"
    assert "1 of 2 samples answered as before, 2 not answered by the old" in parity.words


def test_where_the_old_deployment_fails_at_all_samples_nothing_binds_the_new_one():
    assert judge_parity(found("failed", "failed"), 2, 100).outcome == "passed"


def test_where_it_refuses_them_there_is_no_verdict():
    assert judge_parity(found("failed", "refused"), 2, 100).outcome == "undecided"
    assert not judge_parity(found("refused"), 2, 100).over


def test_it_is_over_early_only_once_it_is_certain_and_enough_is_shown():
    assert not judge_parity(found("different"), 100, 100).over
    assert judge_parity(found(*["different"] * 5), 100, 100).over
    assert not judge_parity(found(*["different"] * 5), 100, 90).over
    assert judge_parity(found(*["different"] * 11), 100, 90).over


def test_at_most_five_samples_and_three_differences_of_each_are_shown():
    wide = compare_replies("w", Reply(200, [1, 2, 3, 4]), Reply(200, [5, 6, 7, 8]), STRICT)
    parity = judge_parity([wide] * 7, 7, 100)

    assert len(wide.differences) == 3
    assert len(parity.checks) == 5


def test_what_was_compared_is_kept_as_json():
    for each in found("equal", "different", "refused", "failed"):
        plain = each.as_json()
        plain["differences"] = list(plain["differences"])
        assert compared_from_json(plain) == each
