"""A deployment that the files beside a package describe."""

from dataclasses import dataclass
from typing import Any

from shared.domain.parsing.document import Document, Path, reach


@dataclass(frozen=True)
class AskedDeployment:
    """A deployment, or none.

    Attributes:
        document: az ml's deployment, or our manifest that has it; None if there is neither.
        at: The deployment's place in the document.
    """

    document: Document | None = None
    at: Path = ()

    def value(self, *path: str) -> Any:
        """Return the value at that place of the deployment, or None."""
        return None if self.document is None else reach(self.document.value, (*self.at, *path))[0]
