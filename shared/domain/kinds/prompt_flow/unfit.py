"""Settings of a manifest that a flow cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.model_type import MLFLOW_TYPE, model_type
from shared.domain.kinds.prompt_flow.model import Flow
from shared.domain.kinds.prompt_flow.serving_engine import ENGINE, refused_engine
from shared.domain.kinds.settings import no_mount
from shared.domain.parsing.document import reach

_AT = ("deployment", "environment")
NO_DRIVER = (
    "Recommended: remove it, and name the image as environment.image in flow.dag.yaml, which "
    "installs requirements.txt over it. Or add inference_config with liveness_route, "
    "readiness_route and scoring_route (prompt flow: port 8080, /health, /health, /score)"
)
"""Both remedies for MissingDriverProgram in Azure's article, the recommended one first."""


def unfit(flow: Flow, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a flow: another server's settings, or an engine that fails."""
    variables = reach(manifest, ("deployment", "environment_variables"))[0] or {}
    if (problem := refused_engine(flow.kind, variables)) is not None:
        at = ("deployment", "environment_variables", ENGINE)
        yield Unfit(at, problem, "Remove it: the flask engine serves the flow")
    if reach(manifest, ("deployment", "code_configuration"))[0] is not None:
        yield Unfit(
            ("deployment", "code_configuration"),
            "this deployment runs a scoring script of its own: Sluice deploys the flow beside it",
            "Remove code_configuration to serve the flow; or leave the flow file out to serve the "
            "script",
        )
    yield from _model(manifest)
    yield from no_mount(manifest)
    yield from _environment(reach(manifest, _AT)[0])


def _model(manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    typed = (("deployment", "model", "type"), ("model", "type"))
    at = next((it for it in typed if model_type(reach(manifest, it)[0]) == MLFLOW_TYPE), None)
    if at is not None:
        cause = "this is an MLflow model, and Sluice deploys the flow beside it"
        remedy = "Leave it out to serve the flow; or leave the flow file out to serve the model"
        yield Unfit(at, cause, remedy)
    elif reach(manifest, ("deployment", "model"))[1]:
        yield Unfit(
            ("deployment", "model"),
            "'model' has no effect: the flow is the model, and Sluice names it after the content "
            "of the flow",
            "Leave it out",
            "warning",
        )


def _environment(asked: Any) -> Iterator[Unfit]:
    if not isinstance(asked, Mapping):
        return
    if asked.get("conda_file") is not None:
        cause = "an environment with a conda_file has no prompt flow runtime that serves"
        remedy = "Put what it installs into requirements.txt, or into an image of your own"
        yield Unfit((*_AT, "conda_file"), cause, remedy)
    if (asked.get("image") or asked.get("build")) and asked.get("inference_config") is None:
        cause = "the environment has no inference_config: Azure would end in MissingDriverProgram"
        yield Unfit(_AT, cause, NO_DRIVER)
