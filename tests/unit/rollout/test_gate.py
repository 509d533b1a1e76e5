"""The gates, on figures."""

from dataclasses import replace

from shared.domain.rollout.figures import Answered, Figures
from shared.domain.rollout.gate import SAMPLES, TRAFFIC, Check, judge
from shared.domain.rollout.gates import Gates
from shared.domain.rollout.verdict import Evidence, judge_evidence

MINUTES = tuple((400.0, 390.0) for _ in range(14))
WELL = Figures(Answered(200, 2), Answered(1800, 18), MINUTES)
GATES = Gates()


def of(name: str, figures: Figures, gates: Gates = GATES, source=TRAFFIC) -> Check:
    return next(it for it in judge(figures, gates, source) if it.name == name)


def test_an_equal_deployment_passes_every_gate():
    assert {it.state for it in judge(WELL, GATES, TRAFFIC)} == {"passed"}


def test_too_few_requests_are_no_verdict_and_say_how_many_are_needed():
    few = of("errors", replace(WELL, new=Answered(3)))

    assert few.state == "undecided"
    assert few.words == "3 requests of 69 needed"


def test_too_many_errors_fail_with_figures_and_the_name_of_the_test():
    found = of("errors", replace(WELL, new=Answered(200, 40)))

    assert found.state == "failed"
    assert "40 of 200 requests (20.0%)" in found.words
    assert "exact binomial test" in found.words


def test_more_errors_than_the_old_one_fail_below_the_limit_too():
    found = of("errors", Figures(Answered(1000, 45), Answered(9000, 90), MINUTES))

    assert found.state == "failed"
    assert "Fisher" in found.words


def test_a_certain_but_small_difference_passes():
    found = of("errors", Figures(Answered(100_000, 900), Answered(900_000, 5400), MINUTES))

    assert found.state == "passed"


def test_callers_whose_requests_fail_anyway_do_not_fail_a_deployment():
    bad_callers = Figures(Answered(200, 60), Answered(1800, 540), MINUTES)

    assert of("errors", bad_callers).state == "passed"
    assert of("errors", bad_callers, source=SAMPLES).state == "failed"


def test_an_old_deployment_that_fails_can_be_replaced_by_a_better_one():
    better = Figures(Answered(200, 20), Answered(1800, 900), MINUTES)

    assert of("errors", better).state == "passed"


def test_time_outs_have_a_limit_of_their_own():
    hangs = Figures(Answered(200, 12, 12), Answered(1800, 80), MINUTES)

    assert of("timeouts", hangs).state == "failed"
    assert of("errors", hangs).state == "passed"


def test_latency_fails_where_most_minutes_are_above_the_factor():
    slow = tuple((1200.0, 400.0) for _ in range(14))
    mixed = tuple((1200.0, 400.0) if it % 2 else (300.0, 400.0) for it in range(14))

    assert of("latency", replace(WELL, latency=slow)).state == "failed"
    assert of("latency", replace(WELL, latency=mixed)).state == "passed"
    assert of("latency", replace(WELL, latency=slow[:6])).state == "undecided"


def test_tokens_are_judged_where_both_record_them_and_always_if_they_must():
    more = tuple((200.0, 100.0) for _ in range(14))

    assert all(it.name != "tokens" for it in judge(WELL, GATES, TRAFFIC))
    assert of("tokens", replace(WELL, tokens=more)).state == "failed"
    assert of("tokens", replace(WELL, tokens=more[:3])).state == "undecided"
    assert of("tokens", WELL, Gates(needs_tokens=True)).state == "undecided"


def test_an_absolute_limit_of_the_latency_is_judged_if_it_is_set():
    assert of("latency_ms", WELL, Gates(latency_ms=300)).state == "failed"
    assert of("latency_ms", WELL, Gates(latency_ms=500)).state == "passed"
    assert all(it.name != "latency_ms" for it in judge(WELL, GATES, TRAFFIC))


def test_missing_metrics_pass_nothing_however_good_the_samples_are():
    good = replace(WELL, latency=tuple((400.0, 390.0) for _ in range(40)))
    blind = Evidence(samples=good, missing="Azure shows nothing")

    assert judge_evidence(blind, GATES, over=True).outcome is None
    assert judge_evidence(replace(blind, missing=""), GATES, over=True).outcome == "passed"


def test_bad_samples_fail_without_metrics_too():
    bad = Evidence(samples=replace(WELL, new=Answered(60, 30)), missing="Azure shows nothing")

    assert judge_evidence(bad, GATES, over=False).outcome == "failed"


def test_before_its_end_a_bake_fails_only_at_the_stricter_level():
    doubtful = Evidence(Figures(Answered(69, 9), Answered(1800, 80), MINUTES))

    assert judge_evidence(doubtful, GATES, over=False).outcome is None
    assert judge_evidence(doubtful, GATES, over=True).outcome == "failed"


def test_what_is_missing_for_a_verdict_is_told_in_one_line():
    thin = replace(WELL, new=Answered(3))
    found = judge_evidence(
        Evidence(traffic=thin, samples=replace(thin, new=Answered(12))), GATES, over=True
    )

    [errors, *_] = found.words.split("; ")
    assert errors == "errors: 3 requests of 69 needed, in samples 12 requests of 69 needed"
