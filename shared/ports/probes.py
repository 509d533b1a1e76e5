"""Attempts that show whether Sluice reaches a service and may use it. None changes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from shared.domain.access.roles import Role


@dataclass(frozen=True)
class Probe:
    """One attempt.

    Args:
        name: the service, for people.
        attempt: raises Denied if Sluice may not, or another AzureFailure.
        role: the role that allows it; None if a connection string does.
        scope: the ARM id of the resource, or a command in `$(...)` that prints it.
        missing: the command that makes what is not there.
    """

    name: str
    attempt: Callable[[], None]
    role: Role | None = None
    scope: str = ""
    missing: str = ""


class Probes(Protocol):
    """The attempts for the services that the settings name."""

    def principal(self) -> str:
        """Sluice's own object id; `PRINCIPAL-ID` if its token does not tell."""

    def all(self) -> tuple[Probe, ...]:
        """The attempts for storage and queues."""

    def blobs(self, account_id: str) -> Probe:
        """An attempt to change a blob of the account with this ARM id."""
