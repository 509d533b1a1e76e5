"""Every hostile package."""

from collections.abc import Iterator

from tests.hostile import flows, ignores, manifests, others, sources, yamls, zips
from tests.hostile.case import Case

BIG = (
    *("1,998 files", "for 1,900 files", "signs in turn", "of aliases", "wide merges", "1,900 "),
    *(
        "100,001 nodes",
        "many anchors",
        "each waits",
        "1,000 variants",
        "40,000",
        "20,000",
        "90,000",
    ),
    *("250 KB of", "decorators", "100,000 items", "5,000 classes", "f-string", "long match"),
    *("not there", "1,500", "500", "2,001", "are numbers"),
)
"""Words in the names of cases that take over half a second; only the bench runs them."""


def every_case() -> Iterator[Case]:
    for family in (zips, ignores, yamls, flows, sources, manifests, others):
        yield from family.cases()


def small_cases() -> Iterator[Case]:
    return (case for case in every_case() if not any(word in case.name for word in BIG))
