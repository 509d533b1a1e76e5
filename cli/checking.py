"""What Sluice would say of a package, looked into on this machine."""

from dataclasses import replace
from pathlib import Path

from cli.errors import unreachable
from cli.package import ignored_files, package_name, secrets_left_out, taken_from_outside
from shared.domain.errors import Finding
from shared.domain.failure import Unavailable
from shared.domain.identifiers.names import endpoint_name_of, endpoint_name_problem, naming_findings
from shared.package.bounded import BoundedPackages
from shared.package.paths import printable
from shared.package.reading import Reading

_SHORT = 2
"""Characters that are too few for the name of an endpoint."""


def local_findings(path: Path) -> tuple[Finding, ...]:
    """What only this machine knows of a folder: what comes from outside it, what stays behind."""
    return (*taken_from_outside(path), *secrets_left_out(path))


def package_findings(
    path: Path, archive: Path, scratch: Path, blob: str | None = None
) -> tuple[Finding, ...]:
    """What the job of a package would find without asking Azure.

    Args:
        path: What a person named.
        archive: The zip that was made of it.
        scratch: A folder to unpack it in.
        blob: What it is dropped as; its own name where nothing else is said.

    Raises:
        Rejected: the zip cannot be opened.
        CommandError: this machine lacks the memory or time to look into it.
    """
    try:
        opened = BoundedPackages().open_and_read(archive, scratch, ignored_files(path))
    except Unavailable as failure:
        raise unreachable(failure.message) from failure
    dropped = blob or printable(f"{package_name(path)}.zip")
    return (*opened.reading.findings, *_naming(dropped, opened.reading))


def _naming(blob: str, reading: Reading) -> tuple[Finding, ...]:
    """A rule of the policy may add a suffix, with which a short name is long enough."""
    if reading.manifest.endpoint.name is not None:
        return ()
    name = endpoint_name_of(blob).lower()
    told = naming_findings(blob, name, named=False)
    if not told or endpoint_name_problem(f"{name}-123") is not None or len(name) > _SHORT:
        return told
    cause = f"{told[0].cause}, and only a rule of the policy that adds a suffix makes this one so"
    return (replace(told[0], cause=cause, severity="warning"),)
