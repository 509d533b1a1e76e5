"""Whether a dropped folder, or the list of a zip's files, may be read at all."""

from collections.abc import Iterable

from shared.domain.errors import Finding, Rejected, rejected
from shared.package import limits
from shared.package.paths import path_findings, tool_litter


def check_files(files: Iterable[tuple[str, int]]) -> None:
    """Refuses a package by its files' paths and sizes in bytes, before a byte is read.

    Raises:
        Rejected: with every reason there is.
    """
    listed = list(files)
    findings = list(path_findings([path for path, _ in listed]))
    kept = [size for path, size in listed if not tool_litter(path)]
    findings.extend(count_findings(len(kept), sum(kept)))
    if findings:
        raise Rejected(findings)


def count_findings(files: int, expanded: int) -> list[Finding]:
    """Too many files, or too many bytes."""
    remedy = "Leave out what the flow does not need to run (data, environments, history)"
    findings = []
    if files > limits.MAX_FILES:
        cause = f"the package has {files} files, over {limits.MAX_FILES}"
        findings.append(Finding("package", None, cause, remedy))
    if expanded > limits.MAX_EXPANDED:
        findings.append(Finding("package", None, too_big(), remedy))
    return findings


def check_packed(size: int) -> None:
    """Refuses a zip by its size in bytes, before it is fetched."""
    if size > limits.MAX_PACKED:
        cause = f"the zip is over {limits.MAX_PACKED // 1024**2} MB"
        raise rejected("package", cause, "Leave out what the flow does not need to run")


def too_big() -> str:
    """The cause for a package over the limit."""
    return f"the package expands to over {limits.MAX_EXPANDED // 1024**2} MB"
