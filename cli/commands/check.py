"""`sluice check PATH`: report what is wrong with a package, without a running Sluice."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cli.checking import read_package
from cli.errors import DONE, FAILED, REFUSED
from cli.package import Package, write_package
from cli.text import print_json, print_lines
from shared.domain.diagnosis.log_end import log_end
from shared.domain.errors import Finding, Rejected
from shared.domain.masking import masked
from shared.package.reading import Reading

_LONGEST: Final = 2_000


def check(path: Path, *, run: bool, index: str | None, as_json: bool) -> int:
    """Print every finding in a compiler's format; refuse the package if one is an error.

    Args:
        path: A folder or zip.
        run: Then start its server here, and ask it the samples of its smoke test.
        index: URL of a package index, to resolve its requirements against; None for not.
        as_json: Print JSON.
    """
    with TemporaryDirectory() as scratch:
        package, reading, findings = _findings(path, Path(scratch), index)
        wrong = any(finding.severity == "error" for finding in findings)
        report: dict[str, Any] = {
            "deployable": not wrong,
            "findings": [it.to_dict() for it in findings],
        }
        if not as_json:
            print_lines(_line(path, finding) for finding in findings)
            print_lines([f"{path}: {'cannot be deployed' if wrong else 'can be deployed'}"])
        code = REFUSED if wrong else DONE
        if run and package is not None and reading is not None and not wrong:
            code, report["run"] = _run(path, package, reading, quiet=as_json)
    if as_json:
        print_json(report)
    return code


def _run(path: Path, package: Package, reading: Reading, *, quiet: bool) -> tuple[int, Any]:
    """Serve the package and ask it; return the exit code, and what came of it as JSON."""
    from cli.trial import ask, served  # noqa: PLC0415 - slow to import, and seldom needed

    def tell(*lines: str) -> None:
        if not quiet:
            print_lines(lines)

    tell("starting its server here; the first time, its packages are installed")
    began, asked = time.monotonic(), list[dict[str, Any]]()
    with served(package.archive) as trial:
        seconds = time.monotonic() - began
        if trial.url:
            tell(f"ready after {seconds:.1f} s")
            for each in ask(trial, reading):
                asked.append(asdict(each))
                tell(*_shown(asked[-1]))
    answers = bool(asked) and all(it["problem"] is None for it in asked)
    log = None if answers or not trial.log else masked(log_end(trial.log))
    report = {
        "started": bool(trial.url),
        "seconds": round(seconds, 3),
        "code": trial.code or None,
        "cause": trial.cause or None,
        "remedy": trial.remedy or None,
        "samples": asked,
        "log": log,
    }
    if log:
        tell("the end of its log:", *(f"  {line}" for line in log.splitlines()))
    if trial.code:
        remedy = f". {trial.remedy}" if trial.remedy else ""
        what = "cannot run here" if trial.code == "NotHere" else "does not start"
        tell(f"{path}: {what}: {trial.cause}{remedy}")
    else:
        tell(f"{path}: {'answers as expected' if answers else 'does not answer as expected'}")
    return (DONE if answers else REFUSED if trial.code == "NotHere" else FAILED), report


def _shown(asked: dict[str, Any]) -> Iterator[str]:
    yield f"{asked['name']}: {_short(asked['input'])}"
    if asked["status"]:
        yield f"  {asked['status']} after {asked['seconds']:.2f} s: {_short(asked['answer'])}"
    yield f"  {asked['problem'] or 'as expected'}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _findings(
    path: Path, scratch: Path, index: str | None
) -> tuple[Package | None, Reading | None, tuple[Finding, ...]]:
    """Return the package, what was read of it, and its findings, exactly as it would be dropped."""
    try:
        package = write_package(path, scratch)
        opened, found = read_package(path, package, scratch)
    except Rejected as wrong:
        return None, None, wrong.findings
    if index is not None and opened.reading.content is not None:
        from cli.resolving import resolution_findings  # noqa: PLC0415 - seldom needed

        found = (*found, *resolution_findings(opened.reading.content, opened.root, index))
    return package, opened.reading, (*package.outside, *package.secrets, *found)


def _line(path: Path, finding: Finding) -> str:
    """`hello/flow.dag.yaml:12: error: ...`, which a terminal can open at the line."""
    inside = path.is_dir() and (path / finding.file).exists()
    place = str(path / finding.file) if inside else finding.file
    line = "" if finding.line is None else f":{finding.line}"
    return f"{place}{line}: {finding.severity}: {finding.cause}. {finding.remedy}"
