"""Looking into what people drop."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.package.preparing import Opened


class Packages(Protocol):
    """Each call ends within its bounds of time and memory, whatever the package holds.

    Raises Rejected where the package is the reason that it does not come to its end.
    """

    def open_and_read(self, package: Path, into: Path) -> "Opened":
        """Open a zip (or take a folder as it is) and read it."""

    def flow_files(self, package: Path, into: Path) -> Path:
        """A new folder named `flow` with exactly the files that are hashed and uploaded."""

    def build_context(self, package: Path, into: Path, path: str) -> Path:
        """The folder of a build context inside the package."""

    def requirements_context(self, package: Path, into: Path, files: tuple[str, ...]) -> Path:
        """A new folder whose folder `flow` holds those files of the flow, where they were."""

    def build_digest(self, root: Path, path: str) -> str:
        """Hash of the files of a build context inside a package that was opened."""
