"""Packages read by the same code, in the test's own process."""

from collections.abc import Collection
from pathlib import Path

from shared.package import preparing


class FakePackages:
    """Reads without a child process, and so without its limits."""

    def open_and_read(self, package: Path, into: Path) -> preparing.Opened:
        return preparing.open_and_read(package, into)

    def copy_part(self, package: Path, into: Path, path: str, name: str) -> Path:
        return preparing.copy_part(package, into, path, name)

    def locate_files(self, package: Path, into: Path, names: Collection[str]) -> preparing.Located:
        return preparing.locate_files(package, into, names)

    def build_context(self, package: Path, into: Path, path: str) -> Path:
        return preparing.build_context(package, into, path)

    def requirements_context(self, package: Path, into: Path, files: tuple[str, ...]) -> Path:
        return preparing.requirements_context(package, into, *map(Path, files))

    def build_digest(self, root: Path, path: str) -> str:
        return preparing.build_digest(root, path)
