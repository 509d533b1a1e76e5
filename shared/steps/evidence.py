"""Adds evidence from the package to a diagnosis: a file that was not found may be in it."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from shared.domain.diagnosis.diagnosis import Diagnosis, Signal, diagnose
from shared.domain.diagnosis.rows.flow_start import IN_PACKAGE
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.ports import Ports
from shared.steps.deploy.package import fetch_package_of_job

_NAMED = re.compile(r"no such file or directory: \\{0,3}['\"]([^'\"\\\n]{1,200})", re.IGNORECASE)


def add_package_evidence(ports: Ports, call: StepCall, report: StepReport) -> StepReport:
    """Return the report; if a file is missing, name the package's files of that name."""
    found = report.diagnosis
    if found is None or found.case != "A file is missing":
        return report
    names = dict.fromkeys(_NAMED.findall(f"{found.message}\n{found.log}"))
    paths = _paths_of(ports, call.job, [PurePosixPath(name).name for name in names])
    if not paths:
        return report
    better = _with_files(found, ", ".join(f"'{name}'" for name in paths))
    return replace(report, note=better.cause, diagnosis=better)


def _with_files(found: Diagnosis, names: str) -> Diagnosis:
    message = f"{found.message}\n{IN_PACKAGE} {names}"
    return diagnose(Signal(found.code, message, found.log, found.step))


def _paths_of(ports: Ports, job: str, names: list[str]) -> list[str]:
    """Paths in the package of files with these names; none if the package cannot be read."""
    try:
        with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
            root = ports.packages.copy_flow_files(
                fetch_package_of_job(ports, job, Path(folder)), Path(folder)
            )
            found = sorted(path for path in root.rglob("*") if path.name in names)
            return [path.relative_to(root).as_posix() for path in found[:5]]
    except (AzureFailure, Rejected, LookupError):
        return []
