from shared.adapters.turns import BlobTurns
from shared.ports import Turns
from tests.contract.blob_sides import Storage


def test_only_one_job_holds_a_turn(storage_side: Storage) -> None:
    assert storage_side.turns.take("echo", "a") == 1
    assert storage_side.turns.take("echo", "b") is None
    assert storage_side.turns.take("other", "b") == 1


def test_the_same_job_renews_its_turn_under_the_same_fence(storage_side: Storage) -> None:
    assert [storage_side.turns.take("echo", "a") for _ in range(3)] == [1, 1, 1]


def test_a_job_that_comes_back_after_a_lapse_keeps_its_fence(storage_side: Storage) -> None:
    storage_side.turns.take("echo", "a")
    storage_side.lapse("echo")
    assert storage_side.turns.take("echo", "a") == 1


def test_the_fence_grows_when_the_turn_changes_hands(storage_side: Storage) -> None:
    storage_side.turns.take("echo", "a")
    storage_side.turns.release("echo", "a")
    assert storage_side.turns.take("echo", "b") == 2
    storage_side.lapse("echo")
    assert storage_side.turns.take("echo", "a") == 3


def test_releasing_a_turn_not_held_changes_nothing(storage_side: Storage) -> None:
    storage_side.turns.release("echo", "nobody")
    storage_side.turns.take("echo", "a")
    storage_side.turns.release("echo", "b")
    assert storage_side.turns.take("echo", "b") is None


def test_the_job_that_had_a_turn_last_is_known_also_after_it_gave_it_back(
    storage_side: Storage,
) -> None:
    assert storage_side.turns.last("echo") is None
    storage_side.turns.take("echo", "a")
    storage_side.turns.release("echo", "a")
    assert storage_side.turns.last("echo") == "a"
    storage_side.turns.take("echo", "b")
    assert storage_side.turns.last("echo") == "b"


def test_a_turn_that_lapsed_and_was_taken_meanwhile_is_not_renewed(storage_side: Storage) -> None:
    assert storage_side.turns.take("echo", "a") == 1
    storage_side.lapse("echo")
    assert storage_side.turns.take("echo", "b") == 2
    assert storage_side.turns.take("echo", "a") is None
    storage_side.lapse("echo")
    assert storage_side.turns.take("echo", "a") == 3


def test_a_turn_that_has_changed_since_it_was_looked_at_keeps_its_fences(
    storage_side: Storage,
) -> None:
    turns, other = storage_side.turns, beside(storage_side)
    assert turns.last("echo") is None
    assert other.take("echo", "a") == 1
    assert turns.take("echo", "b") is None
    assert turns.last("echo") == "a"
    storage_side.lapse("echo")
    assert other.take("echo", "b") == 2
    other.release("echo", "b")
    assert turns.take("echo", "c") == 3


def test_an_old_look_does_not_cost_a_job_the_turn_that_it_has(storage_side: Storage) -> None:
    turns, other = storage_side.turns, beside(storage_side)
    turns.last("echo")
    assert other.take("echo", "a") == 1
    assert turns.take("echo", "a") == 1


def beside(side: Storage) -> Turns:
    """The same turns as another process has them."""
    return side.turns if side.container is None else BlobTurns(side.container)
