"""Check the list of a package's files against the limits, before anything is read."""

from collections.abc import Iterable

from shared.domain.errors import Finding, Rejected, rejected
from shared.package import limits
from shared.package.paths import is_tool_litter, path_findings


def check_files(files: Iterable[tuple[str, int]]) -> None:
    """Check the paths and sizes in bytes of a package's files.

    Raises:
        Rejected: with every finding.
    """
    listed = list(files)
    findings = list(path_findings([path for path, _ in listed]))
    kept = [size for path, size in listed if not is_tool_litter(path)]
    findings.extend(count_findings(len(kept), sum(kept)))
    if findings:
        raise Rejected(findings)


def count_findings(files: int, expanded: int) -> list[Finding]:
    """Findings for too many files or too many bytes."""
    remedy = "Leave out what the flow does not need to run (data, environments, history)"
    findings = []
    if files > limits.MAX_FILES:
        cause = f"the package has {files} files, over {limits.MAX_FILES}"
        findings.append(Finding("package", None, cause, remedy))
    if expanded > limits.MAX_EXPANDED:
        findings.append(Finding("package", None, too_big(), remedy))
    return findings


def check_packed(size: int) -> None:
    """Raise Rejected if a zip is too large, by its size in bytes before it is fetched."""
    if size > limits.MAX_PACKED:
        cause = f"the zip is over {limits.MAX_PACKED // 1024**2} MB"
        raise rejected("package", cause, "Leave out what the flow does not need to run")


def too_big() -> str:
    """The cause for a package over the limit."""
    return f"the package expands to over {limits.MAX_EXPANDED // 1024**2} MB"
