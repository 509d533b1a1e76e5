"""Read the texts that a kind needs, within the limits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from shared.domain.errors import Finding, Rejected, Severity, rejected
from shared.package import limits
from shared.package.kinds.package import Package
from shared.package.texts import read_text


class Texts:
    """Reads texts of a package within the limits, and collects findings for the rest."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.size_read = 0
        self.findings = list[Finding]()

    def read(
        self,
        path: str,
        severity: Severity = "error",
        read: Callable[[Path, str], str] = read_text,
    ) -> str | None:
        self.size_read += (self.package.root / path).stat().st_size
        try:
            if self.size_read > limits.MAX_READ:
                bound = f"{limits.MAX_READ // 1024**2} MB"
                cause = f"the sources together are over {bound}, too large to be checked"
                raise rejected(path, cause, "Make them smaller")
            return read(self.package.root, path)
        except Rejected as error:
            self.findings.extend(replace(each, severity=severity) for each in error.findings)
            return None


def as_warnings(error: Rejected) -> Iterator[Finding]:
    """The findings as warnings, for a file that may not even be used."""
    for each in error.findings:
        yield replace(each, severity="warning")
