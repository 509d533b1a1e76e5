"""Find cause and remedy of an error from Azure, the container or the scoring URI.

One table, first match wins: its rows are in `shared.domain.diagnosis.rows`, by theme. Codes and
cases: 'Troubleshooting online endpoints deployment and scoring' and 'Deploy a flow for real-time
inference', learn.microsoft.com/azure/machine-learning, and what users of prompt flow report.
"""

from dataclasses import dataclass

from shared.domain.azure.error import UNKNOWN
from shared.domain.diagnosis.log_end import log_end
from shared.domain.diagnosis.row import ARTICLE, TROUBLESHOOTING, Row, Signal
from shared.domain.diagnosis.rows import (
    creation,
    flow_packages,
    flow_start,
    own_rights,
    permissions,
    scoring,
    sluice,
    startup,
    subscription,
    uploads,
)

__all__ = ["ARTICLE", "ROWS", "TROUBLESHOOTING", "Diagnosis", "Row", "Signal", "diagnose"]

_LINE = 200
"""Most characters of Azure's message in a cause; `message` has the whole."""

# Certain rows come first: Sluice's own codes and rights, then rows that match a message or log,
# then rows that match a code alone.
ROWS: tuple[Row, ...] = (
    *uploads.ROWS,
    *sluice.ROWS,
    *subscription.ROWS,
    *own_rights.ROWS,
    *permissions.ROWS,
    *flow_packages.ROWS,
    *flow_start.ROWS,
    *startup.ROWS,
    *creation.ROWS,
    *scoring.ROWS,
)


@dataclass(frozen=True)
class Diagnosis:
    """Why a job failed and what to do. `code`, `message` and `log` are the raw signal.

    `permission`: the endpoint's identity may lack a right; `needs` are the roles (ids) or actions
    that give it. `case` is its name in the reference of diagnoses.
    """

    cause: str
    remedy: str
    page: str = ""
    code: str = ""
    message: str = ""
    log: str = ""
    step: str = ""
    permission: bool = False
    needs: tuple[str, ...] = ()
    case: str = ""


def diagnose(signal: Signal) -> Diagnosis:
    """Return the diagnosis of the first matching row; without one, the raw error."""
    row = next((row for row in ROWS if row.fits(signal)), None)
    if row is None:
        code = "" if signal.code == UNKNOWN else signal.code
        return _make(
            signal,
            f"Azure refused: {code or _first_line(signal.message)}",
            "No known case: see the raw error and the end of the log below",
        )
    more = row.more(signal) if row.more is not None else ""
    remedy = f"{row.remedy}. {more}" if more else row.remedy
    return _make(signal, row.cause, remedy, row.page, needs=row.needs, case=row.name)


def _first_line(message: str) -> str:
    line = next(iter(message.strip().splitlines()), "it gave no reason")
    return line if len(line) <= _LINE else f"{line[:_LINE]} …"


def _make(
    signal: Signal,
    cause: str,
    remedy: str,
    page: str = TROUBLESHOOTING,
    *,
    needs: tuple[str, ...] = (),
    case: str = "",
) -> Diagnosis:
    return Diagnosis(
        cause=cause,
        remedy=remedy,
        page=page,
        code=signal.code,
        message=signal.message,
        log=log_end(signal.log),
        step=signal.step,
        permission=bool(needs),
        needs=needs,
        case=case,
    )
