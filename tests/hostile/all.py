"""Every hostile package."""

from collections.abc import Iterator

from tests.hostile import flows, ignores, manifests, others, sources, yamls, zips
from tests.hostile.case import Case


def every_case() -> Iterator[Case]:
    for family in (zips, ignores, yamls, flows, sources, manifests, others):
        yield from family.cases()
