"""Check the manifest's rollout: fields that belong to another strategy."""

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import Manifest

_OWN = {"percent": "canary", "bake": "canary", "step": "linear", "interval": "linear"}


def rollout_findings(manifest: Manifest, layers: Layers) -> Iterator[Finding]:
    """Find fields without effect, and a fixed name, whose deployment has no stages."""
    asked = manifest.rollout
    for field, strategy in _OWN.items():
        if getattr(asked, field) is not None and asked.strategy != strategy:
            cause = f"'{field}' belongs to the strategy '{strategy}', and another one is set"
            remedy = f"Set strategy: {strategy}, or leave it out"
            yield layers.finding(("rollout", field), cause, remedy)
    staged = asked.mirror is not None or asked.strategy in {"canary", "linear"}
    if staged and manifest.deployment.name is not None:
        cause = (
            "a deployment of a fixed name is replaced in place, so it cannot get traffic by stages"
        )
        remedy = "Leave deployment.name out: each content then gets a deployment of its own"
        yield layers.finding(("deployment", "name"), cause, remedy)
