"""Reads what is known of a rollout's stage: Azure's metrics, and Sluice's own samples."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.azure.endpoint import EndpointState
from shared.domain.azure.metrics import REQUESTS, Series
from shared.domain.failure import AzureFailure, Denied, Unavailable
from shared.domain.rollout.figures import (
    P95,
    Figures,
    Pair,
    Window,
    counted,
    latency_pairs,
    minute_of,
    token_pairs,
)
from shared.domain.rollout.samples import OwnSample, counts_of, figures_of, sent_in
from shared.domain.rollout.verdict import Evidence
from shared.ports import Ports


@dataclass(frozen=True)
class Watched:
    """The two deployments of a stage. `tokens`: the new one records them."""

    endpoint: EndpointState
    new: str
    old: str
    tokens: bool = False


def read_evidence(
    ports: Ports, watched: Watched, window: Window, sent: Iterable[OwnSample]
) -> Evidence:
    """Read the figures of the window; what cannot be read is `missing`, never good."""
    own = tuple(sent)
    samples = figures_of(own)
    try:
        series, tokens = _series(ports, watched, window), _tokens(ports, watched, window)
    except Denied as denied:
        why = f"Sluice may not read metrics: {denied.message} Grant it Monitoring Reader"
        return Evidence(samples=samples, missing=why)
    except AzureFailure as failure:
        if isinstance(failure, Unavailable) and failure.retry_after:
            raise  # the next look waits as long as Azure asks
        return Evidence(samples=samples, missing=f"Azure does not give metrics: {failure}")
    seen = counted(series, watched.new, window)
    if not seen.requests:
        return Evidence(samples=samples, missing=_unseen(watched, own, window))
    return Evidence(
        Figures(
            new=seen.without(counts_of(sent_in(own, window), new=True)),
            old=counted(series, watched.old, window).without(
                counts_of(sent_in(own, window), new=False)
            ),
            latency=latency_pairs(series, watched.new, watched.old, window, _minutes(own)),
            tokens=tokens,
        ),
        samples,
    )


def _series(ports: Ports, watched: Watched, window: Window) -> tuple[Series, ...]:
    if window.since >= window.until:
        return ()
    return ports.metrics.platform_metrics(
        watched.endpoint.id, (REQUESTS, P95), window.since, window.until
    )


def _tokens(ports: Ports, watched: Watched, window: Window) -> tuple[Pair, ...]:
    component = ports.workspace.facts().application_insights_id
    if not watched.tokens or component is None or window.since >= window.until:
        return ()
    found = ports.metrics.token_minutes(
        component, watched.endpoint.name, window.since, window.until
    )
    return token_pairs(found, watched.new, watched.old, window)


def _minutes(own: Iterable[OwnSample]) -> frozenset[datetime]:
    return frozenset(minute_of(it.at) for it in own)


def _unseen(watched: Watched, own: tuple[OwnSample, ...], window: Window) -> str:
    sent = counts_of(own, new=True).requests
    also = f", though Sluice has sent it {sent} samples" if sent else ""
    return f"Azure's metrics show no request to {watched.new} in {window.minutes:.0f} minutes{also}"
