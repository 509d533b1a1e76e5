"""A permission that is granted and not yet in force is no failure, until it has had its time."""

from dataclasses import replace
from datetime import datetime

from shared.domain.diagnosis import Diagnosis
from shared.domain.report import Report


def in_force(report: Report, until: str | None, now: datetime) -> Report:
    """The report, in plain words; a denial of what must be in force by now is a failure.

    Args:
        report: of a step.
        until: when the newest grant must be in force (ISO 8601); None where nothing was granted.
        now: the time.
    """
    if report.status != "denied":
        return report
    if until is None:
        return replace(report, status="unhealthy")
    when = datetime.fromisoformat(until)
    if now < when:
        note = (
            "The permission is granted and not yet in force, which can take 20 minutes: "
            f"{report.note}. It is tried again until {when:%H:%M:%S} UTC"
        )
        return replace(report, note=note)
    return replace(report, status="unhealthy", diagnosis=_late(report, when))


def _late(report: Report, when: datetime) -> Diagnosis | None:
    found = report.diagnosis
    return found and replace(
        found,
        remedy=(
            f"The role was granted and was not in force by {when:%H:%M:%S} UTC: redeploy later, or "
            "raise PROPAGATION_MINUTES. A role through a group can take a day. If it was taken "
            f"away meanwhile: {found.remedy}"
        ),
    )
