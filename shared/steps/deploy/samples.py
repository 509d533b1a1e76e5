"""The requests of a smoke test: samples, the second turn of a chat, a stream."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok, unhealthy
from shared.domain.kinds.known import kind_named
from shared.domain.manifest import Expectation, unmet
from shared.domain.masking import masked
from shared.domain.release.release import Release
from shared.domain.release.smoke_test import Sample, second_turn
from shared.ports import Answer, Ports
from shared.steps.deploy.asking import ask

# How many tries each status gets before it counts as a failure; other statuses count at once.
_TRIES: Mapping[int, int] = {408: 2, **dict.fromkeys((401, 404, 429, 500, 502, 503, 504), 4)}


@dataclass(frozen=True)
class SmokeTester:
    """Sends the requests of one step's smoke test, and checks the answers.

    Args:
        ports: the services.
        call: the step call.
        release: holds the smoke test, with the expected answers.
        uri: the scoring URI.
        auth_mode: key or token.
        deployment: send to this deployment only, whatever its traffic; None: by traffic.
    """

    ports: Ports
    call: StepCall
    release: Release
    uri: str
    auth_mode: str
    deployment: str | None

    @cached_property
    def credential(self) -> str:
        """The key or token for all samples; a fresh one if the last try was refused."""
        fresh = self.call.tries > 1
        return self.ports.workspace.credential(self.call.endpoint, self.auth_mode, fresh=fresh)

    def sample(self, sample: Sample) -> tuple[StepReport, Any]:
        """Check that a sample is answered as expected; also return the body of the answer."""
        what = _named(sample)
        answer = self._answer(sample.input)
        if answer.status != 200:
            return self._refused(what, answer), None
        if answer.problem:
            return self._unmet(f"{what}: {answer.problem}", answer), None
        expect = None if sample.expect is None else Expectation(**sample.expect)
        wrong = unmet(expect, answer.body, answer.seconds)
        if wrong is not None:
            return self._unmet(f"{what}: {wrong}", answer), None
        return ok(), answer.body

    def second_turn(self, first: Any) -> StepReport:
        """Check that a chat continues from its first answer; other flows pass."""
        test = self.release.smoke_test
        if test.chat is None:
            return ok()
        if not isinstance(first, Mapping) or test.chat.output not in first:
            wrong = f"the first turn of the chat: there is no chat output '{test.chat.output}'"
            return self._unmet(wrong, Answer(200, first, 0.0))
        answer = self._answer(second_turn(test.chat, test.input, first))
        what = "the second turn of the chat, with the first as its history"
        if answer.status != 200:
            return self._refused(what, answer)
        if answer.problem:
            return self._unmet(f"{what}: {answer.problem}", answer)
        if not isinstance(answer.body, Mapping) or not answer.body.get(test.chat.output):
            return self._unmet(f"{what}: the chat output '{test.chat.output}' is empty", answer)
        return ok()

    def stream(self) -> StepReport:
        """Check that the first sample is also answered as a complete stream, if that is tested."""
        if not self.release.smoke_test.stream:
            return ok()
        stream = kind_named(self.release.kind).stream
        answer = self._answer(self.release.smoke_test.input, stream)
        if answer.status != 200:
            return self._refused("the stream", answer)
        events = str(answer.body).count("data:")
        if answer.media_type != stream:
            return self._unmet(f"the stream: the answer is {answer.media_type}", answer)
        if not answer.complete or not events:
            return self._unmet(f"the stream: it broke off after {events} events", answer)
        return ok()

    def _answer(self, body: Mapping[str, Any], accept: str | None = None) -> Answer:
        return ask(
            self.ports,
            self.release,
            self.uri,
            self.credential,
            body,
            deployment=self.deployment,
            accept=accept,
        )

    def _refused(self, what: str, answer: Answer) -> StepReport:
        if self.call.tries < _TRIES.get(answer.status, 0):
            return StepReport("unavailable", f"The endpoint answered {answer.status}; trying again")
        own = f", the flow itself {answer.model_status}" if answer.model_status else ""
        message = f"{what}: the endpoint answered {answer.status}{own} {answer.reason}"
        log = self.ports.workspace.deployment_log(
            self.call.endpoint, self.release.deployment_name, lines=200
        )
        signal = Signal(
            "SmokeTest",
            f"{message.rstrip()}: {_short(answer.body)}",
            log,
            self.call.title,
            status=answer.status,
        )
        found = diagnose(signal)
        return StepReport(
            "denied" if found.permission else "unhealthy", found.cause, diagnosis=found
        )

    def _unmet(self, wrong: str, answer: Answer) -> StepReport:
        message = f"{wrong}. The answer: {_short(answer.body)}"
        return unhealthy(diagnose(Signal("SmokeTest", message, step=self.call.title, status=200)))


def _named(sample: Sample) -> str:
    return f"sample {sample.name}" if sample.name.isdigit() else f"sample '{sample.name}'"


def _short(body: Any) -> str:
    # Masked before it is cut: half a secret would not be recognised.
    text = masked(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
    return text if len(text) <= 2000 else f"{text[:2000]}..."
