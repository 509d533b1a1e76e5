"""Faults in a person's input, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

type Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One fault at one place, with what to do about it.

    Attributes:
        file: Path inside the package with forward slashes; `manifest.endpoint.name` and the like
            for overrides that came with a request.
        line: Line in that file, counted from 1; None if there is no line.
        cause: What is wrong, one sentence without its full stop.
        remedy: What the person should do, one sentence without its full stop.
        severity: An `error` stops the deployment; a `warning` only goes into the result.
    """

    file: str
    line: int | None
    cause: str
    remedy: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """`flow.dag.yaml:12: cause. remedy`, the form that editors and terminals link."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.cause}. {self.remedy}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Finding":
        """Read the output of `to_dict`; keys that a later version added are ignored."""
        return cls(
            file=plain["file"],
            line=plain.get("line"),
            cause=plain["cause"],
            remedy=plain["remedy"],
            severity=plain.get("severity", "error"),
        )


MOST_FINDINGS = 100
LONGEST_TEXT = 400
"""A result must fit into one message, whatever a package holds."""


def bounded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Remove repeated findings and cut long texts; if there are too many, errors go first."""
    found = list(dict.fromkeys(_shorten(each) for each in findings))
    if len(found) <= MOST_FINDINGS:
        return tuple(found)
    errors = [each for each in found if each.severity == "error"]
    warnings = [each for each in found if each.severity == "warning"]
    kept = (errors + warnings)[:MOST_FINDINGS]
    cause = f"{len(found) - MOST_FINDINGS} more findings are not shown"
    return (*kept, Finding("package", None, cause, "Correct these first", kept[0].severity))


def _shorten(finding: Finding) -> Finding:
    if max(len(finding.cause), len(finding.remedy), len(finding.file)) <= LONGEST_TEXT:
        return finding
    file, cause, remedy = map(_cut, (finding.file, finding.cause, finding.remedy))
    return replace(finding, file=file, cause=cause, remedy=remedy)


def _cut(text: str) -> str:
    """At a whole word where there is one."""
    if len(text) <= LONGEST_TEXT:
        return text
    begin = text[: LONGEST_TEXT - 2]
    return f"{begin.rpartition(' ')[0] or begin} …"


class Rejected(Exception):  # noqa: N818 - it is an outcome, named as the result names it
    """The input cannot be deployed; `findings` lists everything that is wrong with it."""

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Take every finding at once: a person should need one round, not ten."""
        self.findings = bounded(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        """List the errors; the warnings only if there are no errors."""
        errors = [it for it in self.findings if it.severity == "error"]
        return "; ".join(str(finding) for finding in errors or self.findings)


def rejected(
    file: str, cause: str, remedy: str = "Correct it and drop again", line: int | None = None
) -> Rejected:
    """Make a rejection with a single finding."""
    return Rejected([Finding(file, line, cause, remedy)])
