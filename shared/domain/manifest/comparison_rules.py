"""Check the manifest's comparison."""

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.model import Manifest


def comparison_findings(manifest: Manifest, layers: Layers) -> Iterator[Finding]:
    """Find a fixed name, whose deployment is replaced, so that nothing stands beside it."""
    asked = manifest.comparison
    if (asked.contract or asked.parity) and manifest.deployment.name is not None:
        cause = (
            "a deployment of a fixed name is replaced in place, so it cannot be compared with the "
            "one before it"
        )
        remedy = "Leave deployment.name out: each content then gets a deployment of its own"
        yield layers.finding(("deployment", "name"), cause, remedy)
