"""What an orchestration knows of its job's end, beyond what the ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.domain.diagnosis.diagnosis import Diagnosis


@dataclass(frozen=True)
class Ending:
    """The orchestration's part of a result. Each step may contribute to it.

    Args:
        outcome: one of `OUTCOMES`; empty in a step's contribution.
        deployment: the deployment of the plan.
        serving: the endpoint as the final check saw it: `scoring_uri`, `auth_mode`, `traffic`.
        roles: granted roles, as the result lists them.
        removed: deleted resources, as the result lists them.
        warnings: for the result.
        diagnosis: why the job failed.
        findings: what is wrong with the package or the request, as plain dicts.
        by: the newer job that superseded this one.
        decision: the decision that ended the job: `kind`, `by`, `at`, `reason`.
        changed: the job had begun to change something before it ended.
        stays: what of that is not put back: `endpoint`, a new one; `settings`, those of one that
            was there; else empty.
        quiet: Azure asked not to be called now, so the result is made without it.
    """

    outcome: str = ""
    deployment: str | None = None
    serving: Mapping[str, Any] | None = None
    roles: tuple[Mapping[str, Any], ...] = ()
    removed: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    by: str | None = None
    decision: Mapping[str, Any] | None = None
    changed: bool = False
    stays: str = ""
    quiet: bool = False

    def joined(self, more: "Ending") -> "Ending":
        """Append the lists of a step's contribution; its single values win where it has them."""
        return replace(
            self,
            deployment=self.deployment if more.deployment is None else more.deployment,
            serving=self.serving if more.serving is None else more.serving,
            roles=(*self.roles, *more.roles),
            removed=(*self.removed, *more.removed),
            warnings=(*self.warnings, *more.warnings),
        )


@cache
def _adapter() -> TypeAdapter[Ending]:
    """Built when first needed: it takes longer than the rest of the import."""
    return TypeAdapter(Ending)


def ending_from_json(plain: Mapping[str, Any]) -> Ending:
    return _adapter().validate_python(plain)


def ending_to_json(ending: Ending) -> dict[str, Any]:
    plain: dict[str, Any] = _adapter().dump_python(ending, mode="json")
    return plain
