"""Hostile packages are refused or accepted within the limits of a reading."""

import resource
from pathlib import Path

import pytest

from shared.domain.errors import Finding, Rejected
from shared.package import limits
from shared.package.bounded import BoundedPackages
from shared.package.preparing import open_and_read
from tests.hostile.all import every_case, small_cases
from tests.hostile.case import Case


def test_there_are_at_least_150_hostile_packages_with_unique_names() -> None:
    names = [case.name for case in every_case()]
    assert len(set(names)) == len(names) >= 150


@pytest.mark.parametrize("case", list(small_cases()), ids=lambda case: case.name)
def test_a_hostile_package_is_refused_or_accepted_in_bounded_time(
    case: Case, tmp_path: Path
) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(case.make())
    before = _processor()
    findings = _errors(package, tmp_path)
    assert _processor() - before < limits.SECONDS
    assert case.outcome in {"refused" if findings else "taken", "either"}, findings
    assert all(finding.cause and finding.remedy for finding in findings)


def test_a_python_file_that_exhausts_the_memory_limit_is_reported_by_name(tmp_path: Path) -> None:
    case = next(case for case in every_case() if case.name == "source: 250 KB of names")
    (tmp_path / "package.zip").write_bytes(case.make())
    packages = BoundedPackages(memory=60 * 2**20)
    errors = packages.open_and_read(tmp_path / "package.zip", tmp_path).reading.errors
    assert [(it.file, it.cause) for it in errors] == [("say.py", "cannot be parsed: MemoryError")]


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _errors(package: Path, into: Path) -> tuple[Finding, ...]:
    try:
        return open_and_read(package, into).reading.errors
    except Rejected as error:
        return error.findings
