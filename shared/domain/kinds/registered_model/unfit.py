"""Settings of a manifest that a registered model cannot be served with."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.kinds.kind import Unfit
from shared.domain.kinds.registered import REGISTRIES
from shared.domain.kinds.registered_model.model import RegisteredModel
from shared.domain.kinds.settings import (
    flow_settings,
    long_timeout,
    no_mount,
    no_sample,
    own_environment,
)
from shared.domain.parsing.document import reach

_SIZE = ("deployment", "instance_type")


def unfit(model: RegisteredModel, manifest: Mapping[str, Any]) -> Iterator[Unfit]:
    """Yield what does not fit, and what only a person can say."""
    yield from flow_settings(manifest, "a registered model")
    yield from own_environment(manifest)
    yield from long_timeout(manifest)
    yield from no_mount(manifest)
    in_registry = (model.registered_model or "").startswith(REGISTRIES)
    if in_registry and reach(manifest, _SIZE)[0] is None:
        cause = "no instance_type is set, and models of registries mostly need a size of their own"
        yield Unfit(_SIZE, cause, "Set one that the model's card names", "warning")
    yield from no_sample(manifest, None, "the model", '{"input_data": [[1, 2]]}')
