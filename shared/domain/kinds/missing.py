"""Find connections that a package uses and the workspace lacks."""

from collections.abc import Collection, Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.content import ConnectionUse, Content


def missing_connections(
    content: Content, existing: Collection[str], renamed: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Report connections that a package uses and the workspace lacks, at each place of use.

    Args:
        content: The package.
        existing: Names of the workspace's connections.
        renamed: Replacements from the manifest's `flow.connections`.
    """
    replacements = renamed or {}
    return tuple(
        Finding(
            use.file,
            use.line,
            f"{use.used_by} uses the connection '{_replaced(use, replacements)}', "
            "which the workspace does not have",
            "Create it in the workspace, or name an existing one",
        )
        for use in content.connections
        if _replaced(use, replacements) not in existing
    )


def _replaced(use: ConnectionUse, replacements: Mapping[str, str]) -> str:
    """Return the connection that the runtime uses in the end."""
    return replacements.get(use.name, use.name) if use.replaceable else use.name
