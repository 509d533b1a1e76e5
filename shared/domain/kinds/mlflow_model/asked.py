"""Where the MLflow model is: the folder that a deployment names, or the package itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.model_type import MLFLOW_TYPE, model_type
from shared.domain.parsing.document import Document, Path, reach
from shared.domain.requests.flow_folder import MLMODEL_FILE


@dataclass(frozen=True)
class Asked:
    """A deployment, or none. Without one the model is the package.

    Attributes:
        document: az ml's deployment, or our manifest that has it; None if there is neither.
        at: The deployment's place in the document.
    """

    document: Document | None = None
    at: Path = ()

    @property
    def names_model(self) -> bool:
        """Whether the deployment has an MLflow model, and no code."""
        model = self._value("model")
        typed = isinstance(model, Mapping) and model_type(model.get("type")) == MLFLOW_TYPE
        return typed and self._value("code_configuration") is None

    @property
    def written(self) -> str:
        """The model's folder as it is written."""
        model = self._value("model") if self.names_model else {}
        return str(model.get("path") or ".")

    @property
    def folder(self) -> str:
        """The model's folder in the package, `.` for all of it."""
        return normpath(self.written)

    @property
    def mlmodel(self) -> str:
        """The path of MLmodel in the package."""
        return self.inside(MLMODEL_FILE)

    def inside(self, path: str) -> str:
        """Return the package's path of a path that MLmodel names."""
        return normpath(join(self.folder, path))

    def finding(self, cause: str, remedy: str) -> Finding:
        """Make a finding at the model's path in the deployment, or about MLmodel."""
        if self.document is None:
            return Finding(MLMODEL_FILE, None, cause, remedy)
        return self.document.finding((*self.at, "model", "path"), cause, remedy)

    def _value(self, *path: str) -> Any:
        return None if self.document is None else reach(self.document.value, (*self.at, *path))[0]
