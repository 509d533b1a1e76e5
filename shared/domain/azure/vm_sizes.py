"""Virtual machine sizes of managed endpoints, and the quota that each counts against.

Sizes: learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list.
Families: 'Virtual machine sizes in Azure', as `vmSizes` and `usages` of a region name them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

_ROWS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("standardDAv4Family", "Standard_D{}a_v4", (2, 4, 8, 16, 32, 48, 64, 96)),
    ("standardDASv4Family", "Standard_D{}as_v4", (2, 4, 8, 16, 32, 48, 64, 96)),
    ("standardFSv2Family", "Standard_F{}s_v2", (2, 4, 8, 16, 32, 48, 64, 72)),
    ("standardFXMDVSFamily", "Standard_FX{}mds", (4, 12, 24, 36, 48)),
    ("standardESv3Family", "Standard_E{}s_v3", (2, 4, 8, 16, 32, 48, 64)),
    ("Standard NCASv3_T4 Family", "Standard_NC{}as_T4_v3", (4, 8, 16, 64)),
    ("standardNCSv2Family", "Standard_NC{}s_v2", (6, 12, 24)),
    ("standardNCSv3Family", "Standard_NC{}s_v3", (6, 12, 24)),
    ("StandardNCADSA100v4Family", "Standard_NC{}ads_A100_v4", (24, 48, 96)),
    ("standardNDASv4_A100Family", "Standard_ND{}asr_v4", (96,)),
    ("standardNDAMSv4_A100Family", "Standard_ND{}amsr_A100_v4", (96,)),
    ("standardNDSv2Family", "Standard_ND{}rs_v2", (40,)),
)
"""Family, pattern of the name with the cores as {}, cores."""

_BY_NUMBER = ("standardDSv2Family", "Standard_DS{}_v2", {1: 1, 2: 2, 3: 4, 4: 8, 5: 16})
"""The one family whose names count sizes, not cores."""

_WITHOUT_RESERVE = ("ads_A100_v4", "asr_v4", "amsr_A100_v4", "ND40rs_v2")


@dataclass(frozen=True)
class Size:
    """A size. `reserve`: Azure reserves 20 per cent more instances for upgrades."""

    name: str
    family: str
    cores: int
    reserve: bool = True

    def cores_needed(self, instances: int) -> int:
        """Return the cores that the quota must have: ceil(1.2 x instances) x cores.

        For some GPU sizes Azure reserves nothing: instances x cores.
        """
        return self.cores * (math.ceil(instances * 1.2) if self.reserve else instances)


def size_of(name: str) -> Size | None:
    """Find a size by name, ignoring case; None if it is not in the list."""
    return _sizes().get(name.lower())


def nearest_size(name: str) -> str | None:
    """Find the size that a person may have meant."""
    near = get_close_matches(name.lower(), _sizes(), n=1, cutoff=0.5)
    return _sizes()[near[0]].name if near else None


@cache
def _sizes() -> dict[str, Size]:
    return {each.name.lower(): each for each in _all()}


def _all() -> Iterator[Size]:
    family, pattern, numbered = _BY_NUMBER
    for number, cores in numbered.items():
        yield Size(pattern.format(number), family, cores)
    for family, pattern, row in _ROWS:
        for cores in row:
            name = pattern.format(cores)
            yield Size(name, family, cores, reserve=not name.endswith(_WITHOUT_RESERVE))
