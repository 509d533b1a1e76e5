"""A job's trace as text."""

from local.traces.spans import Received
from local.traces.waterfall import waterfall


def _span(name: str, at: tuple[float, float], *, id: str, parent: str, **given: object) -> Received:  # noqa: A002
    problem = str(given.pop("problem", ""))
    named = {key.replace("__", "."): value for key, value in given.items()}
    return Received("t" * 32, id, parent, name, *at, named, problem)


JOB = _span(
    "deployment",
    (0.0, 10.0),
    id="job",
    parent="",
    sluice__job="j1",
    sluice__source="a.zip",
    sluice__outcome="failed",
    sluice__endpoint="a",
)
DONE = _span("Create", (0, 5), id="s1", parent="job", sluice__step__state="done")
FAILED = _span(
    "Test", (5, 10), id="s2", parent="job", sluice__step__state="failed", problem="no\nanswer"
)
TRIES = tuple(
    _span(
        f"smoke_test, call {it}",
        (5 + it, 6 + it),
        id=f"c{it}",
        parent="s2",
        sluice__call=it,
        sluice__status="waiting",
    )
    for it in (1, 2)
)
ALONE = _span("ensure, call 1", (0, 1), id="c0", parent="s1", sluice__call=1, sluice__status="ok")
PUT = _span(
    "PUT x", (0, 0.5), id="p", parent="c0", sluice__service="arm", http__response__status_code=201
)
STORAGE = tuple(
    _span("GET storage", (0.5, 0.75), id=f"q{it}", parent="c0", sluice__service="storage")
    for it in range(2)
)


def test_each_step_has_its_bar_where_it_ran():
    head, *lines = waterfall([PUT, ALONE, *STORAGE, DONE, *TRIES, FAILED, JOB]).splitlines()
    assert head == f"job j1  a.zip: failed at endpoint a, 10.00 s, trace {'t' * 32}"
    names = [it.partition("|")[0].strip() for it in lines]
    assert names == [
        "Create done",
        "storage, 2 calls",
        "PUT x 201",
        "Test failed: no",
        "smoke_test, call 1 waiting",
        "smoke_test, call 2 waiting",
    ]
    bars = [it.split("|")[1] for it in lines]
    assert bars[0] == "█" * 20 + " " * 20
    assert bars[3] == " " * 20 + "x" * 20
    assert {len(it) for it in bars} == {40}
    assert [it.rsplit("|", 1)[1].strip() for it in lines][:3] == ["5.00 s", "0.50 s", "0.50 s"]


def test_a_step_with_several_tries_shows_each_and_one_with_a_single_try_its_calls():
    text = waterfall([PUT, ALONE, DONE, *TRIES, FAILED, JOB])
    assert "ensure, call 1" not in text
    assert text.count("smoke_test, call") == 2


def test_a_call_of_storage_that_failed_has_a_line_of_its_own():
    broken = _span(
        "GET storage",
        (0.5, 0.75),
        id="b",
        parent="c0",
        sluice__service="storage",
        http__response__status_code=503,
        problem="503",
    )
    text = waterfall([ALONE, broken, *STORAGE, DONE, JOB])
    assert "GET storage 503 " in text
    assert "storage, 2 calls" in text


def test_a_job_without_steps_is_its_title():
    assert len(waterfall([JOB]).splitlines()) == 1
