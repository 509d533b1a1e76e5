"""Settings of a manifest that do not fit a package under Azure's inference server."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.parsing.document import reach

LONGEST = 180_000
"""Milliseconds that a request may take; flows alone may take longer."""
TIMEOUT = ("deployment", "request_settings", "request_timeout_ms")
_ENVIRONMENT = ("deployment", "environment")
_FLOWS_OWN = ("outputs", "connections")


def flow_settings(manifest: Mapping[str, Any], what: str) -> Iterator[Unfit]:
    """Yield settings that are for flows alone. `what`: the package, such as `a scoring script`."""
    for name in _FLOWS_OWN:
        if reach(manifest, ("flow", name))[0] is not None:
            cause = f"flow.{name} is for flows, and this package is {what}"
            yield Unfit(("flow", name), cause, "Remove it")


def own_environment(manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield an environment beside a model that has no code, for which Azure makes one."""
    if reach(manifest, _ENVIRONMENT)[0] is not None:
        cause = "a model without code has no environment of its own: Azure makes one for the model"
        remedy = "Remove it; or add code_configuration, with a scoring script that loads the model"
        yield Unfit(_ENVIRONMENT, cause, remedy)


def long_timeout(manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield a time for requests that Azure refuses."""
    asked = reach(manifest, TIMEOUT)[0]
    if asked is not None and int(asked) > LONGEST:
        cause = f"a request may take {LONGEST // 1000} s at most, and {asked} ms are asked"
        yield Unfit(TIMEOUT, cause, f"Write {LONGEST} or less")


def no_sample(
    manifest: Mapping[str, Any], told: Mapping[str, Any] | None, what: str, example: str
) -> Iterator[Unfit]:
    """Yield that there is no sample request.

    Args:
        manifest: the manifest.
        told: the sample that the package itself tells, or None.
        what: the package, such as `the script`.
        example: a sample as JSON, as deploy.yaml would have it.
    """
    given = (reach(manifest, ("smoke_test", it))[0] for it in ("input", "samples"))
    if told is None and not any(given):
        cause = f"nothing tells a request that {what} answers"
        remedy = f"Add to deploy.yaml: smoke_test: {{input: {example}}}, with values of yours"
        yield Unfit(("smoke_test", "input"), cause, remedy)


def no_mount(manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield a place for the model, which only a server of one's own can look at."""
    if reach(manifest, ("deployment", "model_mount_path"))[0] is not None:
        cause = "'model_mount_path' has no effect: the server knows where its model is"
        yield Unfit(("deployment", "model_mount_path"), cause, "Leave it out", "warning")
