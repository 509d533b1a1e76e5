"""Adds to a diagnosis of a missing file whether the package has it, or why it was left out."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.diagnosis.rows.flow_start import IGNORED, IN_PACKAGE
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.domain.parsing.text import quoted
from shared.ports import Ports
from shared.steps.deploy.package import fetch_package_of_job

_NAMED = re.compile(r"no such file or directory: \\{0,3}['\"]([^'\"\\\n]{1,200})", re.IGNORECASE)


def add_package_evidence(ports: Ports, call: StepCall, report: StepReport) -> StepReport:
    """Return the report; if a file is missing, name the package's files of that name."""
    found = report.diagnosis
    if found is None or found.case != "A file is missing":
        return report
    names = dict.fromkeys(_NAMED.findall(f"{found.message}\n{found.log}"))
    seen = _seen(ports, call.job, [PurePosixPath(name).name for name in names])
    if not seen:
        return report
    message = f"{found.message}\n{seen}"
    better = diagnose(Signal(found.code, message, found.log, found.step))
    return replace(report, note=better.cause, diagnosis=better)


def _seen(ports: Ports, job: str, names: list[str]) -> str:
    """Describe the package's files with these names; empty if the package cannot be read."""
    try:
        with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
            package = fetch_package_of_job(ports, job, Path(folder))
            located = ports.packages.locate_files(package, Path(folder), names)
    except (AzureFailure, Rejected, LookupError):
        return ""
    if located.kept:
        return f"{IN_PACKAGE} {', '.join(map(quoted, located.kept))}"
    left_out = (f"{IGNORED} {quoted(path)}: {at}" for path, at in located.left_out.items())
    return next(left_out, "")
