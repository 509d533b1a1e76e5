"""The comparison, from the manifest and the least that the operator demands."""

from collections.abc import Iterator, Sequence

from shared.domain.comparison.settings import Allowances, Comparison, ComparisonFloor, Recorded
from shared.domain.manifest import Manifest

_NONE = ComparisonFloor(contract=False, parity=False)


def make_comparison(
    manifest: Manifest, recorded: Sequence[Recorded] = (), floor: ComparisonFloor | None = None
) -> Comparison:
    """Make the comparison; what the manifest does not set is the operator's."""
    asked, least = manifest.comparison, floor or _NONE
    given = asked.model_fields_set
    return Comparison(
        contract=(least.contract or None) if asked.contract is None else asked.contract,
        parity=(least.parity or None) if asked.parity is None else asked.parity,
        samples=tuple(recorded),
        allowances=Allowances(
            tolerance=asked.tolerance if "tolerance" in given else least.tolerance,
            similar_percent=(
                asked.similar_percent if "similar_percent" in given else least.similar_percent
            ),
            ignore=tuple(asked.ignore),
        ),
        equal_percent=asked.equal_percent if "equal_percent" in given else least.equal_percent,
    )


def comparison_objections(manifest: Manifest, floor: ComparisonFloor | None) -> Iterator[str]:
    """Say in what the manifest's comparison is less than the floor."""
    if floor is None:
        return
    yield from floor.objections(make_comparison(manifest, floor=floor))
    if manifest.deployment.name is not None:
        yield "a deployment of a fixed name is replaced in place, with nothing beside it"
