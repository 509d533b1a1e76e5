"""Settings of a manifest that a custom container cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.custom_container.model import CustomContainer
from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.settings import flow_settings, long_timeout, no_sample
from shared.domain.parsing.document import reach

_AT = ("deployment", "environment")


def unfit(container: CustomContainer, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit a container: settings of other kinds, a time-out, no sample."""
    yield from flow_settings(manifest, "a custom container")
    yield from _environment(container, reach(manifest, _AT)[0])
    yield from long_timeout(manifest)
    mounted = reach(manifest, ("deployment", "model_mount_path"))[0]
    if mounted is not None and not str(mounted).startswith("/"):
        cause = f"'{mounted}' is not an absolute path of the container"
        yield Unfit(("deployment", "model_mount_path"), cause, "Write it from the root, as /models")
    yield from no_sample(manifest, container.sample, "the container", '{"text": "Hi"}')


def _environment(container: CustomContainer, asked: Any) -> Iterator[Unfit]:
    if not isinstance(asked, Mapping):
        if asked is not None and container.server is not None:
            cause = f"the environment {asked} is used as it is: the Dockerfile is not built"
            yield Unfit(_AT, cause, "Remove one of the two", "warning")
        return
    if asked.get("conda_file") is not None:
        # Azure/azureml-examples#2760
        cause = (
            "a conda_file beside an image with a server of its own: Azure builds another image over"
            " it, whose Python and start command are conda's"
        )
        remedy = "Install the packages in the Dockerfile; a scoring script may keep its conda_file"
        yield Unfit((*_AT, "conda_file"), cause, remedy)
    if asked.get("image") and asked.get("inference_config") is None:
        cause = "the image has no inference_config: Azure would end in MissingDriverProgram"
        remedy = "Add liveness_route, readiness_route and scoring_route with port and path"
        yield Unfit(_AT, cause, remedy)
