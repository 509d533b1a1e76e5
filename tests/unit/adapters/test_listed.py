from shared.adapters.ledger.listed import Listed


def test_a_list_answers_once_for_each_name_and_for_a_minute() -> None:
    now = [0.0]
    listed = Listed(lambda: now[0])
    assert not listed.lacks("jobs/a/", "plan.json")
    listed.note("jobs/a/", {"result.json": 7})
    assert listed.lacks("jobs/a/", "plan.json")
    assert not listed.lacks("jobs/a/", "plan.json")
    assert listed.size("jobs/a/", "result.json") == 7
    assert listed.size("jobs/a/", "result.json") is None
    assert not listed.lacks("jobs/b/", "plan.json")

    listed.note("jobs/a/", {})
    now[0] = 61.0
    assert not listed.lacks("jobs/a/", "plan.json")


def test_only_the_newest_lists_are_kept() -> None:
    listed = Listed(lambda: 0.0)
    for number in range(100):
        listed.note(f"jobs/{number}/", {})
    assert not listed.lacks("jobs/0/", "plan.json")
    assert listed.lacks("jobs/99/", "plan.json")
