import pytest

from shared.domain.identifiers.names import endpoint_name_of, endpoint_name_problem


@pytest.mark.parametrize("name", ["abc", "A-1", "a1b2", "a" * 32, "my-long-endpoint-name"])
def test_valid_names_are_accepted(name: str) -> None:
    assert endpoint_name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 33,
        "1abc",
        "-abc",
        "abc-",
        "a--b",
        "a_b",
        "a b",
        "a.b",
        "abç",
        "abc\n",
        "٣abc",
    ],
)
def test_names_that_azure_refuses_are_refused(name: str) -> None:
    problem = endpoint_name_problem(name)
    assert problem is not None
    assert "3 to 32 characters" in problem


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("chat.zip", "chat"),
        ("team/My flow.ZIP", "My flow"),
        ("team/chat/", "chat"),
        ("team/chat", "chat"),
        ("a.b.zip", "a.b"),
    ],
)
def test_the_default_name_comes_from_the_zip_or_folder(path: str, name: str) -> None:
    assert endpoint_name_of(path) == name
