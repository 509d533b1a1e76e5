"""A file that the flow does not find, with and without it in the package."""

from collections.abc import Callable

import pytest

from tests.fakes.world import World, package

SAID = "Execution failure in 't': (FileNotFoundError) [Errno 2] No such file or directory: '{}'"


@pytest.mark.parametrize("name", ["words.txt", "./words.txt", "/app/words.txt"])
def test_a_missing_file_that_is_in_the_package_has_the_remedy_of_a_relative_path(
    make: Callable[..., World], name: str
):
    world = make()
    world.scoring.answer(424, {"error": {"message": SAID.format(name)}})

    found = world.deploy(content=package(words__txt="hi"))["diagnosis"]

    assert found["case"] == "A file is looked for in another folder"
    assert "relative to the source file" in found["remedy"]
    assert "The package has 'words.txt'" in found["message"]


def test_a_missing_file_that_is_not_in_the_package_is_reported_as_such(make: Callable[..., World]):
    world = make()
    world.scoring.answer(424, {"error": {"message": SAID.format("other.txt")}})

    found = world.deploy(content=package(words__txt="hi"))["diagnosis"]

    assert "not in its package" in found["cause"]


def test_a_file_that_an_ignore_file_leaves_out_is_told_with_its_line(make: Callable[..., World]):
    world = make()
    world.scoring.answer(424, {"error": {"message": SAID.format("words.txt")}})

    found = world.deploy(content=package(words__txt="hi", **{".gitignore": "*.md\n*.txt\n"}))[
        "diagnosis"
    ]

    assert found["case"] == "A file is left out by an ignore file"
    assert "leaves out 'words.txt': .gitignore:2" in found["message"]
