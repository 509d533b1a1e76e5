"""Recognise the kind of a package, and read it."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.package.kinds.custom_container import reading as custom_container
from shared.package.kinds.mlflow_model import reading as mlflow_model
from shared.package.kinds.package import Package, Read
from shared.package.kinds.prompt_flow import reading as prompt_flow
from shared.package.kinds.registered_model import reading as registered_model
from shared.package.kinds.scoring_script import reading as scoring_script


@dataclass(frozen=True)
class Reader:
    """Reads one kind.

    Attributes:
        recognise: Tells from names and the files beside whether a package is of this kind.
        read: Reads it, with every finding; only called for a package that it recognises, or that
            no other kind does.
    """

    recognise: Callable[[Package], bool]
    read: Callable[[Package], Read]


_PROMPT_FLOW = Reader(prompt_flow.recognise, prompt_flow.read)
READERS = (
    _PROMPT_FLOW,
    Reader(scoring_script.recognise, scoring_script.read),
    Reader(custom_container.recognise, custom_container.read),
    Reader(mlflow_model.recognise, mlflow_model.read),
    Reader(registered_model.recognise, registered_model.read),
)
"""In the order in which they are asked; a package that none recognises is reported by the first."""


def read_content(package: Package) -> Read:
    """Read a package by the first kind that recognises it."""
    return next((it for it in READERS if it.recognise(package)), READERS[0]).read(package)
