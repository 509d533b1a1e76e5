"""What one activity has done: the reports of its calls, in order.

An activity goes on with the next step as long as it need not wait. The orchestrator takes its
reports one by one, as if each had come from an activity of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.jobs.step_report import StepReport, report_from_json, report_to_json


@dataclass(frozen=True)
class CallReport:
    """The report of one call. `key`, `tries`: which call it was, as in `StepCall`."""

    key: str
    tries: int
    report: StepReport

    def answers(self, key: str, tries: int) -> bool:
        return (self.key, self.tries) == (key, tries)


def reports_to_json(reports: Iterable[CallReport]) -> dict[str, Any]:
    return {
        "told": [
            {"key": it.key, "tries": it.tries, "report": report_to_json(it.report)}
            for it in reports
        ]
    }


def reports_from_json(plain: Mapping[str, Any], key: str, tries: int) -> list[CallReport]:
    """Read an activity's output. An older version reported on the call alone that was asked for."""
    if "told" not in plain:
        return [CallReport(key, tries, report_from_json(plain))]
    return [
        CallReport(it["key"], it["tries"], report_from_json(it["report"])) for it in plain["told"]
    ]
