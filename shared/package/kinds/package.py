"""An unpacked package, as the kinds read it."""

from dataclasses import dataclass, field
from pathlib import Path

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.left_out import LeftOut
from shared.package.beside import Beside

type Read = tuple[Content | None, tuple[Finding, ...]]
"""What a kind has read: nothing if there are no readable files of it, and findings then."""


@dataclass(frozen=True)
class Package:
    """A folder, the files that belong to it, and those that an ignore file leaves out.

    `beside`: the YAML files at its top that say how to deploy it, which are none of its files.
    """

    root: Path
    files: frozenset[str]
    left_out: LeftOut
    beside: Beside = field(default_factory=Beside)
