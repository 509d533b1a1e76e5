"""The command that an image runs, as it can be run on this machine."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from local.serving.recipe import Recipe

_PYTHON = re.compile(r"python3?(\.\d+)?")
_PRIVATE = re.compile(r"[^/]*[.:][^/]*/|localhost/")
_MICROSOFT = "mcr.microsoft.com/"
_RUNTIME = f"{_MICROSOFT}azureml/promptflow/"


def has_no_runtime(image: str) -> bool:
    """Return whether an image is known to have no prompt flow, since everybody can see what it has.

    Of the images on Docker Hub and on Microsoft's registry, only prompt flow's own has it. What is
    in a private registry is not known here.
    """
    public = image.startswith(_MICROSOFT) or not _PRIVATE.match(image)
    return public and not image.startswith(_RUNTIME)


def command_here(recipe: Recipe, python: Path, beneath: Path, named: Iterable[str]) -> list[str]:
    """Return the recipe's command, with paths of the image as paths of this machine.

    Args:
        recipe: the Dockerfile, followed.
        python: the Python of the image; it runs the programs that pip has installed.
        beneath: the folder of programs of the runtime's packages.
        named: the packages that the Dockerfile names: no other program is taken from `beneath`.
    """
    program, *words = (*recipe.entrypoint, *recipe.command)
    rest = [_placed(recipe, word) for word in words]
    name = PurePosixPath(program).name
    if _PYTHON.fullmatch(name):
        return [str(python), *rest]
    own, shared = python.parent / name, beneath / name
    if own.exists() and python.parent != beneath:
        return [str(python), str(own), *rest]
    if shared.exists():
        there = shared if name in named else recipe.root / "usr" / "bin" / name
        return [str(python), str(shared), *rest] if there is shared else [str(there), *rest]
    return [_placed(recipe, program), *rest]


def _placed(recipe: Recipe, word: str) -> str:
    if not word.startswith("/") or ".." in word:
        return word
    here = recipe.place(word)
    return str(here) if here.exists() else word
