"""Opening and reading the packages that people drop."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.package.preparing import Opened


class Packages(Protocol):
    """Each call is bounded in time and memory, whatever the package holds.

    Raises Rejected if the package makes the call exceed its bounds.
    """

    def open_and_read(self, package: Path, into: Path) -> "Opened":
        """Unpack a zip (a folder is used as it is) and read it."""

    def copy_flow_files(self, package: Path, into: Path) -> Path:
        """Make a new folder named `flow` with exactly the files that are hashed and uploaded."""

    def build_context(self, package: Path, into: Path, path: str) -> Path:
        """The folder of a build context inside the package."""

    def requirements_context(self, package: Path, into: Path, files: tuple[str, ...]) -> Path:
        """Make a new folder whose subfolder `flow` holds those files of the flow, paths kept."""

    def build_digest(self, root: Path, path: str) -> str:
        """Hash the files of a build context inside a package that is already open."""
