"""The function app's own names, as Azure tells them to its processes, and commands with them."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AppNames:
    """Names of the function app; both are empty where the app does not run on Azure."""

    group: str = ""
    name: str = ""

    def set(self, setting: str, value: str) -> str:
        """Return the command that sets an app setting, or a variable elsewhere."""
        pair = f"{setting}={shlex.quote(value)}"
        return f"{self._az('set')} --settings {pair}" if self.name else f"export {pair}"

    def remove(self, setting: str) -> str:
        """Return the command that removes an app setting, or a variable elsewhere."""
        if not self.name:
            return f"unset {setting}"
        return f"{self._az('delete')} --setting-names {setting}"

    def show_identity(self) -> str:
        """Return the command that shows the app's identities; empty elsewhere."""
        if not self.name:
            return ""
        return f"az functionapp identity show -g {self.group} -n {self.name}"

    def _az(self, verb: str) -> str:
        return f"az functionapp config appsettings {verb} -g {self.group} -n {self.name}"


def app_names(environment: Mapping[str, str]) -> AppNames:
    """Read the names from the variables that App Service sets."""
    name = environment.get("WEBSITE_SITE_NAME", "")
    return AppNames(environment.get("WEBSITE_RESOURCE_GROUP") or "GROUP" if name else "", name)
