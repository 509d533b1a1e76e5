"""What a package holds besides its flow file, handed to the domain as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any

from shared.domain.parsing.document import Document
from shared.domain.secret_files import holds_secrets


@dataclass(frozen=True)
class Contents:
    """Files and texts of one package.

    Attributes:
        files: Paths of the flow's files: what is uploaded.
        left_out: Paths that are there but that an ignore file keeps from the upload.
        texts: Text of Python sources, requirements and .promptflow/flow.tools.json, by path.
        prompties: Front matter of each .prompty file, by path.
        tools: What .promptflow/flow.tools.json says, `{}` without one.
    """

    files: frozenset[str]
    left_out: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    prompties: Mapping[str, Document] = field(default_factory=dict)
    tools: Mapping[str, Any] = field(default_factory=dict)

    def path_of(self, said: str) -> str:
        """A path as a flow file writes it (`./a.py`), as the package names it (`a.py`)."""
        return normpath(said) if said else ""

    def lacking(self, said: str) -> tuple[str, str] | None:
        """Cause and remedy if that file is not among the flow's, or None."""
        path = self.path_of(said)
        if path in self.files:
            return None
        if holds_secrets(path):
            return (
                f"'{said}' is left out, since it holds secrets by its name",
                "Name it under flow.include_secret_files in deploy.yaml, or do without it",
            )
        if path in self.left_out:
            return (
                f"'{said}' is left out by the ignore file",
                "Take it off .amlignore or .gitignore",
            )
        if path.startswith(("/", "../")) or "\\" in said:
            return f"'{said}' is outside the package", "Put the file inside the flow's folder"
        return f"'{said}' is not in the package", "Add the file, or correct the path"
