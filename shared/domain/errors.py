"""What is wrong with what a person gave us, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

type Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One fault at one place, with what to do about it.

    Attributes:
        file: Path inside the package with forward slashes; `manifest.endpoint.name` and the like
            for overrides that came with a request.
        line: Line in that file, counted from 1; None where a line means nothing.
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
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Finding":
        """From what `to_dict` gave; keys that a later version added are left out."""
        return cls(
            file=plain["file"],
            line=plain.get("line"),
            cause=plain["cause"],
            remedy=plain["remedy"],
            severity=plain.get("severity", "error"),
        )


class Rejected(Exception):  # noqa: N818 - it is an outcome, named as the result names it
    """What was given cannot be deployed; `findings` says everything that is wrong with it."""

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Takes every finding at once: a person should need one round, not ten."""
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "; ".join(str(finding) for finding in self.findings)


def rejected(
    file: str, cause: str, remedy: str = "Correct it and drop again", line: int | None = None
) -> Rejected:
    """A rejection for a single finding."""
    return Rejected([Finding(file, line, cause, remedy)])
