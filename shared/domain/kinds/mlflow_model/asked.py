"""Where the MLflow model is: the folder that a deployment names, or the package itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath

from shared.domain.errors import Finding
from shared.domain.kinds.asked import AskedDeployment
from shared.domain.kinds.model_type import MLFLOW_TYPE, model_type
from shared.domain.requests.flow_folder import MLMODEL_FILE


@dataclass(frozen=True)
class Asked(AskedDeployment):
    """A deployment, or none. Without one the model is the package."""

    @property
    def names_model(self) -> bool:
        """Whether the deployment has an MLflow model, and no code."""
        model = self.value("model")
        typed = isinstance(model, Mapping) and model_type(model.get("type")) == MLFLOW_TYPE
        return typed and self.value("code_configuration") is None

    @property
    def written(self) -> str:
        """The model's folder as it is written."""
        model = self.value("model") if self.names_model else {}
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
