"""Paths and texts of a package's files, as values for the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import basename, normpath

from shared.domain.left_out import LeftOut, left_out
from shared.domain.secret_files import holds_secrets


@dataclass(frozen=True)
class Files:
    """Files of one package.

    Attributes:
        files: Paths of the package's files, which are uploaded.
        left_out: Paths that an ignore file keeps from the upload, with its file and line.
        texts: By path, the texts that its kind needs.
    """

    files: frozenset[str]
    left_out: LeftOut = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def path_of(self, written: str) -> str:
        """Return the package's path (`a.py`) for a path as it is written (`./a.py`)."""
        return normpath(written) if written else ""

    def lacking(self, written: str) -> tuple[str, str] | None:
        """Return cause and remedy if the package lacks that file, or None."""
        path = self.path_of(written)
        if path in self.files:
            return None
        if holds_secrets(path):
            return (
                f"'{written}' is left out, since its name says that it holds secrets",
                "List it under flow.include_secret_files in deploy.yaml, or do without it",
            )
        if path in self.left_out:
            return left_out(path, self.left_out[path])
        if path.startswith(("/", "../")) or "\\" in written:
            return f"'{written}' is outside the package", "Put the file inside the flow's folder"
        return f"'{written}' is not in the package", "Add the file, or correct the path"


def folder_name(path: str, default: str) -> str:
    """Return the name that a part of the package has in the container."""
    return default if path == "." else basename(path)


def leads_out(path: str) -> bool:
    """Return whether a normal path leads out of the package."""
    return path == ".." or path.startswith(("/", "../")) or "\\" in path or "://" in path
