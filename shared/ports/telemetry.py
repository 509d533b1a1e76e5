"""Telling an operator's tools what a job does: pieces of work, calls, and the ended job."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass
class Work:
    """A piece of a job's work in this process; whoever does it fills in what becomes known.

    Attributes:
        name: what it is, for people.
        job: without one it is not told.
        step: the key of the step that it is part of; empty for a part of the job itself.
        problem: why it failed; empty if it did not.
        told: False for a look that found nothing new: its calls are counted, and no more.
        attributes: what else there is to know.
    """

    name: str
    job: str = ""
    step: str = ""
    problem: str = ""
    told: bool = True
    attributes: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass
class Call:
    """A call to a service. `status`: of HTTP, 0 without an answer; `retry_after`: in seconds."""

    status: int = 0
    retry_after: float | None = None


class Telemetry(Protocol):
    """Tells what happens. No call waits for anything, and none raises."""

    on: bool
    """False if nothing is told; then nobody need watch."""

    def work(
        self, name: str, *, job: str = "", step: str = "", **attributes: str | int
    ) -> AbstractContextManager[Work]:
        """Tell of a piece of work, once it is done, with the calls that its thread makes."""

    def call(self, service: str, method: str, path: str) -> AbstractContextManager[Call]:
        """Tell of a call to a service, as part of the work that it belongs to.

        `path`: without a query, which may be a signature.
        """

    def ended(self, look: Callable[[], Mapping[str, Any] | None]) -> None:
        """Tell of a whole job that has ended. `look`: describes it, as `describe_job` does."""


class Silent:
    """Tells nothing."""

    on = False

    def work(
        self, name: str, *, job: str = "", step: str = "", **attributes: str | int
    ) -> AbstractContextManager[Work]:
        del attributes
        return nullcontext(Work(name, job, step))

    def call(self, service: str, method: str, path: str) -> AbstractContextManager[Call]:
        del service, method, path
        return nullcontext(Call())

    def ended(self, look: Callable[[], Mapping[str, Any] | None]) -> None:
        del look


SILENT = Silent()
