"""One hostile package: its name, its content, and the expected outcome."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from tests.fakes.world import CODE, FLOW

type Outcome = Literal["refused", "taken", "either"]
type Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Case:
    """A package that is made when it is needed.

    `either`: damage that may go unnoticed; only the end of the reading counts.
    """

    name: str
    make: Callable[[], bytes]
    outcome: Outcome = "refused"


def packed(files: Files) -> bytes:
    """Zip the files as they are."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return written.getvalue()


def flow_with(files: Files) -> bytes:
    """Zip a sound flow with these files added or replaced."""
    return packed({"flow.dag.yaml": FLOW, "say.py": CODE} | dict(files))


def case(name: str, files: Callable[[], Files], outcome: Outcome = "refused") -> Case:
    """A sound flow with hostile files."""
    return Case(name, lambda: flow_with(files()), outcome)


def one(
    path: str, content: str | bytes, others: Files = MappingProxyType({})
) -> Callable[[], Files]:
    """A file, and others."""
    return lambda: {path: content, **others}


def made(path: str, make: Callable[[], str | bytes]) -> Callable[[], Files]:
    """A file that is made when it is needed."""
    return lambda: {path: make()}
