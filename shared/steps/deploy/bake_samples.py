"""Sends samples of the smoke test to both deployments of a stage whose traffic is too thin."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import count

from shared.domain.manifest import Expectation, unmet
from shared.domain.release.release import Release
from shared.domain.release.smoke_test import Sample
from shared.domain.rollout.samples import OwnSample, sample_from_json
from shared.ports import Ports
from shared.steps.deploy.asking import ask
from shared.steps.deploy.bake_evidence import Watched

_AT_ONCE = 20.0
"""Seconds after which a call sends no further pair: a turn lasts 60."""


@dataclass(frozen=True)
class SampleSender:
    """Sends and keeps the samples of one stage, in documents of the job; made for one look.

    A sample whose record was lost with the app counts as traffic.
    """

    ports: Ports
    job: str
    stage: int
    release: Release

    def sent(self) -> tuple[OwnSample, ...]:
        """All samples of the stage that were recorded. One read for each batch, and one more."""
        return tuple(it for batch in self._batches for it in batch)

    def send(self, watched: Watched, now: datetime) -> None:
        """Send as many pairs as are due, one after the other; record them."""
        batches, sent = self._batches, len(self.sent()) // 2
        due = self._due(batches, now)
        if due <= 0:
            return
        begun, made = self.ports.now(), list[OwnSample]()
        credential = self.ports.workspace.credential(
            self.release.endpoint.name, watched.endpoint.auth_mode, fresh=True
        )
        samples = self.release.smoke_test.all_samples
        for number in range(sent, sent + due):
            sample = samples[number % len(samples)]
            for name in (watched.new, watched.old):
                one = self._score(watched, name, sample, credential, number)
                made.append(replace(one, at=now + (self.ports.now() - begun)))
            if (self.ports.now() - begun).total_seconds() >= _AT_ONCE:
                break
        document = {"samples": [it.as_json() for it in made]}
        self.ports.ledger.write_once(self.job, f"samples-{self.stage}-{len(batches)}", document)

    def _due(self, batches: tuple[tuple[OwnSample, ...], ...], now: datetime) -> int:
        """The pairs that the set rate allows since the last batch; half a minute's at first."""
        rate = self.release.rollout.gates.samples
        if not batches:
            return max(1, rate // 2)
        since = now - max(it.at for it in batches[-1])
        return min(rate, int(since.total_seconds() * rate / 60))

    @cached_property
    def _batches(self) -> tuple[tuple[OwnSample, ...], ...]:
        return tuple(self._kept())

    def _kept(self) -> Iterator[tuple[OwnSample, ...]]:
        for number in count():
            kept = self.ports.ledger.read(self.job, f"samples-{self.stage}-{number}")
            if kept is None:
                return
            yield tuple(map(sample_from_json, kept["samples"]))

    def _score(
        self, watched: Watched, name: str, sample: Sample, credential: str, pair: int
    ) -> OwnSample:
        uri = watched.endpoint.scoring_uri
        answer = ask(self.ports, self.release, uri, credential, sample.input, deployment=name)
        expect = None if sample.expect is None else Expectation(**sample.expect)
        wrong = bool(answer.problem) or unmet(expect, answer.body, answer.seconds) is not None
        return OwnSample(
            at=self.ports.now(),
            new=name == watched.new,
            status=answer.status,
            seconds=answer.seconds,
            pair=pair,
            model_status=answer.model_status,
            unmet=answer.status == 200 and wrong,
        )
