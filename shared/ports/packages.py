"""Opening and reading the packages that people drop."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.package.preparing import Located, Opened


class Packages(Protocol):
    """Each call is bounded in time and memory, whatever the package holds.

    Raises Rejected if the package makes the call exceed its bounds.
    """

    def open_and_read(self, package: Path, into: Path) -> "Opened":
        """Unpack a zip (a folder is used as it is) and read it."""

    def copy_part(self, package: Path, into: Path, path: str, name: str) -> Path:
        """Make a new folder of that name with exactly the files of a part of the package.

        `path`: a folder of the package, `.` for all. For a file, the copy of that file is returned.
        """

    def locate_files(self, package: Path, into: Path, names: Collection[str]) -> "Located":
        """The flow's files of those names, and those that an ignore file leaves out."""

    def build_context(self, package: Path, into: Path, path: str) -> Path:
        """The folder of a build context inside the package."""

    def requirements_context(self, package: Path, into: Path, files: tuple[str, ...]) -> Path:
        """Make a new folder whose subfolder `flow` holds those files of the flow, paths kept."""

    def build_digest(self, root: Path, path: str) -> str:
        """Hash the files of a build context inside a package that is already open."""
