from shared.adapters.aged import Aged


class Reader:
    """Counts how often it is read."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.reads = 0

    def __call__(self) -> str:
        self.reads += 1
        return self.answers.pop(0)


def test_an_answer_is_read_once_until_it_is_too_old():
    now = 0.0
    aged, read = Aged[str](10, lambda: now), Reader("one", "two")
    assert [aged.get("a", read), aged.get("a", read)] == ["one", "one"]
    now = 10.0
    assert aged.get("a", read) == "two"
    assert read.reads == 2


def test_each_key_has_its_own_answer():
    aged, read = Aged[str](), Reader("one", "two")
    assert [aged.get(it, read) for it in ("a", "b", "a")] == ["one", "two", "one"]


def test_a_fresh_answer_is_read_and_kept():
    aged, read = Aged[str](), Reader("one", "two")
    aged.get("a", read)
    assert aged.get("a", read, fresh=True) == "two"
    assert aged.get("a", read) == "two"


def test_nothing_found_is_looked_up_again():
    aged, read = Aged[str](), Reader("", "one")
    assert [aged.get("a", read), aged.get("a", read)] == ["", "one"]


def test_what_is_too_old_does_not_stay_in_memory():
    now = 0.0
    aged = Aged[str](10, lambda: now)
    aged.get("a", Reader("one"))
    now = 10.0
    aged.get("b", Reader("two"))
    assert list(aged._kept) == ["b"]
