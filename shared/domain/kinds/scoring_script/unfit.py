"""Settings of a manifest that a scoring script cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.scoring_script.model import ScoringScript
from shared.domain.kinds.settings import TIMEOUT, flow_settings, long_timeout, no_mount, no_sample
from shared.domain.parsing.document import reach

_SHORT = 5_000
"""Azure's own default."""


def unfit(script: ScoringScript, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a script: settings of flows, a time-out, no sample."""
    yield from flow_settings(manifest, "a scoring script")
    if reach(manifest, ("deployment", "environment", "inference_config"))[0] is not None:
        cause = "inference_config is for images with a server of their own"
        yield Unfit(
            ("deployment", "environment", "inference_config"),
            cause,
            "Remove it: the script has one",
        )
    yield from long_timeout(manifest)
    yield from no_mount(manifest)
    yield from _short_timeout(script, reach(manifest, TIMEOUT)[0])
    yield from no_sample(manifest, script.sample, "the script", '{"data": [1, 2]}')


def _short_timeout(script: ScoringScript, asked: Any) -> Iterator[Unfit]:
    if asked is not None and int(asked) <= _SHORT and script.llm_client is not None:
        cause = f"the code imports {script.llm_client}, and its requests end after {asked} ms"
        yield Unfit(TIMEOUT, cause, "Give a language model a minute or more", "warning")
