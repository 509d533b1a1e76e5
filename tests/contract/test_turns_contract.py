from tests.contract.storage import Storage


def test_a_turn_is_one_jobs_alone(storage: Storage) -> None:
    assert storage.turns.take("echo", "a") == 1
    assert storage.turns.take("echo", "b") is None
    assert storage.turns.take("other", "b") == 1


def test_the_same_job_renews_its_turn_under_the_same_fence(storage: Storage) -> None:
    assert [storage.turns.take("echo", "a") for _ in range(3)] == [1, 1, 1]


def test_a_job_that_comes_back_after_a_lapse_keeps_its_fence(storage: Storage) -> None:
    storage.turns.take("echo", "a")
    storage.lapse("echo")
    assert storage.turns.take("echo", "a") == 1


def test_the_fence_grows_when_the_turn_changes_hands(storage: Storage) -> None:
    storage.turns.take("echo", "a")
    storage.turns.release("echo", "a")
    assert storage.turns.take("echo", "b") == 2
    storage.lapse("echo")
    assert storage.turns.take("echo", "a") == 3


def test_giving_back_what_one_has_not_changes_nothing(storage: Storage) -> None:
    storage.turns.release("echo", "nobody")
    storage.turns.take("echo", "a")
    storage.turns.release("echo", "b")
    assert storage.turns.take("echo", "b") is None
