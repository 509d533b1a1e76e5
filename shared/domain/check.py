"""One line of what `sluice doctor` finds: what was looked at, how it is, and what mends it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

type Area = Literal["settings", "host", "connections", "permissions"]
type State = Literal["ok", "failed", "warning", "unknown"]


@dataclass(frozen=True)
class Check:
    """One check.

    Args:
        area: what it is about.
        name: the setting, or the right and where it is needed.
        state: `failed`: Sluice cannot do its work; `warning`: it does without; `unknown`: it could
            not be looked at.
        detail: what is wrong, and what cannot be done because of it.
        command: the command that mends it.
    """

    area: Area
    name: str
    state: State = "ok"
    detail: str = ""
    command: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the check as the HTTP API shows it."""
        return asdict(self)
