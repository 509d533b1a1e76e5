"""Asks the two deployments of a comparison, each alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.domain.azure.consume import scoring_url
from shared.domain.comparison.checks import Reply
from shared.domain.comparison.interface import Interface, read_interface
from shared.domain.jobs.step_call import StepCall
from shared.domain.release.release import Release, from_json
from shared.domain.release.smoke_test import Sample, joined_samples
from shared.ports import Answer, Ports
from shared.steps.deploy.asking import ask

_MAY_PASS = frozenset({429, 502, 503, 504})
_MAY_PASS_AT_THE_FRONT = _MAY_PASS | {401, 404}
"""A key or a deployment that the endpoint's front does not know yet."""
_TRIES = 6
"""Requests until such a status counts as the old deployment's answer."""
_SWAGGER_SECONDS = 30.0


class Passing(Exception):  # noqa: N818 - it is an outcome: the step waits
    """A deployment answered with a status that may pass; the text says which."""


@dataclass(frozen=True)
class Pair:
    """The new deployment and the one that it is compared with, at one endpoint."""

    ports: Ports
    call: StepCall
    release: Release
    uri: str
    auth_mode: str

    @property
    def old(self) -> str:
        return str(self.call.arguments["old"])

    @property
    def new(self) -> str:
        return self.release.deployment_name

    @property
    def _new_uri(self) -> str:
        return scoring_url(self.uri, self.release.scored_at)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """The samples of both smoke tests, each once.

        Those of the old deployment come first: it answered them when it was released.
        """
        job = self.call.arguments["job"]
        kept = self.ports.ledger.read(job, "release") if job else None
        before = from_json(kept).smoke_test.all_samples if kept is not None else ()
        return joined_samples(before, self.release.smoke_test.all_samples)

    @property
    def about(self) -> dict[str, Any]:
        """What each verdict says besides: the two, and when by storage's clock."""
        at = self.ports.flows.server_time()
        return {"deployment": self.new, "against": self.old, "at": at}

    def ask(
        self, name: str, what: str, body: Mapping[str, Any], accept: str | None = None
    ) -> Reply:
        """Return a deployment's answer; `what`: what is asked, for people.

        Raises Passing where the request is to be sent again.
        """
        answer = ask(
            self.ports,
            self.release,
            self.uri if name == self.old else self._new_uri,
            self._credential,
            body,
            deployment=name,
            accept=accept,
        )
        if answer.status in _MAY_PASS_AT_THE_FRONT or answer.model_status in _MAY_PASS:
            self._repeat(name, f"{name} answers {what} with status {_own(answer)}")
        return Reply(_own(answer), answer.body, answer.media_type, answer.complete, answer.problem)

    def interface(self, name: str) -> Interface:
        """Return what a deployment's OpenAPI document tells; nothing if it has none."""
        answer = self.ports.scoring.swagger(
            self.uri, self._credential, deployment=name, timeout=_SWAGGER_SECONDS
        )
        if answer.status == 401 or answer.status in _MAY_PASS:
            words = f"{name} answers its OpenAPI document with status {answer.status}"
            self._repeat(name, words)
        return read_interface(answer.body if answer.status == 200 else None)

    def _repeat(self, name: str, words: str) -> None:
        """Raise Passing, unless the old deployment has said it so often that it is its answer.

        The new one must not fail for it: it is asked until the step's limit. The ledger counts,
        since each try is a call of the step.
        """
        if name == self.new:
            raise Passing(f"{words}; it is asked again")
        tries, number = 1, 0
        while (kept := self.ports.ledger.read(self.call.job, f"asked-again-{number}")) is not None:
            tries += kept["words"] == words
            number += 1
        if tries < _TRIES:
            self.ports.ledger.write_once(self.call.job, f"asked-again-{number}", {"words": words})
            raise Passing(f"{words}; it is asked again")

    @cached_property
    def _credential(self) -> str:
        fresh = self.call.tries > 1
        return self.ports.workspace.credential(self.call.endpoint, self.auth_mode, fresh=fresh)


def _own(answer: Answer) -> int:
    return answer.model_status or answer.status
