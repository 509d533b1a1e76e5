"""What the files beside the script say of it, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Any

from shared.domain.errors import Finding, Severity
from shared.domain.kinds.asked import AskedDeployment
from shared.domain.parsing.document import Path
from shared.domain.requests.flow_folder import SCRIPT_FILE


@dataclass(frozen=True)
class Asked(AskedDeployment):
    """A deployment, or none. Without a code_configuration the script is score.py at the top."""

    @property
    def names_script(self) -> bool:
        """Whether the deployment has a code_configuration."""
        return isinstance(self.value("code_configuration"), Mapping)

    @property
    def code(self) -> str:
        """The code folder, `.` for the whole package."""
        return normpath(str(self.value("code_configuration", "code") or "."))

    @property
    def script(self) -> str:
        """The script's path below the code folder, as it is written."""
        if not self.names_script:
            return SCRIPT_FILE
        return str(self.value("code_configuration", "scoring_script") or "")

    @property
    def script_path(self) -> str:
        """The script's path in the package."""
        return normpath(join(self.code, self.script))

    @property
    def environment(self) -> Mapping[str, Any]:
        """What is described as the environment; empty if it is a registered one, or none."""
        value = self.value("environment")
        return value if isinstance(value, Mapping) else {}

    @property
    def has_environment(self) -> bool:
        """Whether the deployment says what the script runs in."""
        return bool(self.environment) or self.registered_environment

    @property
    def registered_environment(self) -> bool:
        """Whether the environment is one that exists."""
        value = self.value("environment")
        named = isinstance(value, Mapping) and not {"image", "build", "conda_file"} & value.keys()
        return isinstance(value, str) or named

    @property
    def model(self) -> Any:
        """The model: text, a mapping, or None."""
        return self.value("model")

    def finding(self, path: Path, cause: str, remedy: str, severity: Severity = "error") -> Finding:
        """Make a finding at a key of code_configuration, or in the script."""
        return self.finding_at(("code_configuration", *path), cause, remedy, severity)

    def finding_at(
        self, path: Path, cause: str, remedy: str, severity: Severity = "error"
    ) -> Finding:
        """Make a finding at a place of the deployment, or in the script if there is none."""
        if self.document is None:
            return Finding(SCRIPT_FILE, None, cause, remedy, severity)
        return self.document.finding((*self.at, *path), cause, remedy, severity)
