"""`sluice check PATH`: report what is wrong with a flow, without a running Sluice."""

from pathlib import Path
from tempfile import TemporaryDirectory

from cli.checking import package_findings
from cli.errors import DONE, REFUSED
from cli.package import write_package
from cli.text import print_json, print_lines
from shared.domain.errors import Finding, Rejected


def check(path: Path, *, as_json: bool) -> int:
    """Print every finding in a compiler's format; refuse the flow if one is an error."""
    findings = _findings(path)
    wrong = any(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"deployable": not wrong, "findings": [it.to_dict() for it in findings]})
    else:
        print_lines(_line(path, finding) for finding in findings)
        print_lines([f"{path}: {'cannot be deployed' if wrong else 'can be deployed'}"])
    return REFUSED if wrong else DONE


def _findings(path: Path) -> tuple[Finding, ...]:
    """Return the findings of the package, exactly as it would be dropped."""
    with TemporaryDirectory() as scratch:
        try:
            package = write_package(path, Path(scratch))
            found = package_findings(path, package, Path(scratch))
        except Rejected as wrong:
            return wrong.findings
        return (*package.outside, *package.secrets, *found)


def _line(path: Path, finding: Finding) -> str:
    """`hello/flow.dag.yaml:12: error: ...`, which a terminal can open at the line."""
    inside = path.is_dir() and (path / finding.file).exists()
    place = str(path / finding.file) if inside else finding.file
    line = "" if finding.line is None else f":{finding.line}"
    return f"{place}{line}: {finding.severity}: {finding.cause}. {finding.remedy}"
