"""Settings of a manifest that a scoring script cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.scoring_script.model import ScoringScript
from shared.domain.kinds.settings import TIMEOUT, flow_settings, long_timeout, no_mount, no_sample
from shared.domain.parsing.document import reach

_AT = ("deployment", "environment", "inference_config")
_SCORED_AT = (5001, "score")
"""Port and path of Azure's inference server."""
_SHORT = 5_000
"""Azure's own default."""


def unfit(script: ScoringScript, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a script: settings of flows, a time-out, no sample."""
    yield from flow_settings(manifest, "a scoring script")
    yield from _other_routes(reach(manifest, (*_AT, "scoring_route"))[0])
    yield from long_timeout(manifest)
    yield from no_mount(manifest)
    yield from _short_timeout(script, reach(manifest, TIMEOUT)[0])
    yield from no_sample(manifest, script.sample, "the script", '{"data": [1, 2]}')


def _other_routes(scoring: Any) -> Iterator[Unfit]:
    """Routes of another server: az ml's own examples name those of the inference server."""
    if not isinstance(scoring, Mapping):
        return
    port, path = scoring.get("port"), str(scoring.get("path", ""))
    if (port, path.strip("/")) != _SCORED_AT:
        cause = (
            f"Azure's inference server takes requests at /score on port {_SCORED_AT[0]}, and "
            f"inference_config names {path or 'no path'} on port {port}"
        )
        remedy = "Remove it; or leave out code_configuration if the image has a server of its own"
        yield Unfit((*_AT, "scoring_route"), cause, remedy)


def _short_timeout(script: ScoringScript, asked: Any) -> Iterator[Unfit]:
    if asked is not None and int(asked) <= _SHORT and script.llm_client is not None:
        cause = f"the code imports {script.llm_client}, and its requests end after {asked} ms"
        yield Unfit(TIMEOUT, cause, "Give a language model a minute or more", "warning")
