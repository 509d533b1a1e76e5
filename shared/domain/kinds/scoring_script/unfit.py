"""Settings of a manifest that a scoring script cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.scoring_script.model import ScoringScript
from shared.domain.parsing.document import reach

LONGEST = 180_000
"""Milliseconds that a request may take; flows alone may take longer."""
_SHORT = 5_000
"""Azure's own default."""
_TIMEOUT = ("deployment", "request_settings", "request_timeout_ms")
_FLOWS_OWN = ("outputs", "connections")


def unfit(script: ScoringScript, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a script: settings of flows, a time-out, no sample."""
    for name in _FLOWS_OWN:
        if reach(manifest, ("flow", name))[0] is not None:
            cause = f"flow.{name} is for flows, and this package is a scoring script"
            yield Unfit(("flow", name), cause, "Remove it")
    if reach(manifest, ("deployment", "environment", "inference_config"))[0] is not None:
        cause = "inference_config is for images with a server of their own"
        yield Unfit(
            ("deployment", "environment", "inference_config"),
            cause,
            "Remove it: the script has one",
        )
    yield from _timeout(script, reach(manifest, _TIMEOUT)[0])
    given = (
        reach(manifest, ("smoke_test", "input"))[0],
        reach(manifest, ("smoke_test", "samples"))[0],
    )
    if script.sample is None and not any(given):
        cause = "nothing tells a request that the script answers"
        remedy = 'Add to deploy.yaml: smoke_test: {input: {"data": [1, 2]}}, with values of yours'
        yield Unfit(("smoke_test", "input"), cause, remedy)


def _timeout(script: ScoringScript, asked: Any) -> Iterator[Unfit]:
    if asked is None:
        return
    if int(asked) > LONGEST:
        cause = f"a request may take {LONGEST // 1000} s at most, and {asked} ms are asked"
        yield Unfit(_TIMEOUT, cause, f"Write {LONGEST} or less")
    elif int(asked) <= _SHORT and script.llm_client is not None:
        cause = f"the code imports {script.llm_client}, and its requests end after {asked} ms"
        yield Unfit(_TIMEOUT, cause, "Give a language model a minute or more", "warning")
