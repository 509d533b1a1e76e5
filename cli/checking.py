"""Checks a package on this machine, as the job would."""

from dataclasses import replace
from pathlib import Path

from cli.errors import unreachable
from cli.package import Package, package_name
from shared.domain.errors import Finding
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import endpoint_name_of, endpoint_name_problem, naming_findings
from shared.package.bounded import BoundedPackages
from shared.package.paths import printable
from shared.package.preparing import Opened
from shared.package.reading import Reading

_SHORT = 2
"""Characters that are too few for the name of an endpoint."""


def package_findings(
    path: Path, package: Package, scratch: Path, blob: str | None = None
) -> tuple[Finding, ...]:
    """Return the findings that the job of a package would have without asking Azure.

    Args:
        path: The folder or zip that a person named.
        package: What was made of it.
        scratch: A folder to unpack it in.
        blob: What it is dropped as; by default its own name.

    Raises:
        Rejected: the zip cannot be opened.
        CommandError: this machine lacks the memory or time to look into it.
    """
    return read_package(path, package, scratch, blob)[1]


def read_package(
    path: Path, package: Package, scratch: Path, blob: str | None = None
) -> tuple[Opened, tuple[Finding, ...]]:
    """Return the opened package, and its findings; see `package_findings`."""
    try:
        opened = BoundedPackages().open_and_read(package.archive, scratch, package.ignored)
    except Unavailable as failure:
        raise unreachable(failure.message) from failure
    dropped = blob or printable(f"{package_name(path)}.zip")
    return opened, (*opened.reading.findings, *_naming(dropped, opened.reading))


def _naming(blob: str, reading: Reading) -> tuple[Finding, ...]:
    """Check the endpoint's name that follows from the blob's.

    A name that is only too short is a warning: a rule of the policy may add a suffix to it.
    """
    if reading.manifest.endpoint.name is not None:
        return ()
    name = endpoint_name_of(blob).lower()
    found = naming_findings(blob, name, named=False)
    if any(it.severity == "error" for it in found):
        found = tuple(replace(it, remedy=f"{it.remedy}, or drop it with --as NAME") for it in found)
    if not found or endpoint_name_problem(f"{name}-123") is not None or len(name) > _SHORT:
        return found
    cause = f"{found[0].cause}, and only a rule of the policy that adds a suffix makes this one so"
    return (replace(found[0], cause=cause, severity="warning"),)
