from shared.domain.planning.rollout import shares


def test_the_others_keep_their_proportion_and_the_sum_is_100():
    assert shares({"old": 100}, "new", 10) == {"old": 90, "new": 10}
    assert shares({"a": 60, "b": 40}, "new", 50) == {"a": 30, "b": 20, "new": 50}
    for percent in range(1, 100):
        made = shares({"a": 33, "b": 33, "c": 34, "idle": 0}, "new", percent)
        assert sum(made.values()) == 100
        assert made["new"] == percent
        assert all(share >= 0 for share in made.values())


def test_traffic_that_the_new_one_has_already_is_counted_in():
    assert shares({"old": 80, "new": 20}, "new", 50) == {"old": 50, "new": 50}
