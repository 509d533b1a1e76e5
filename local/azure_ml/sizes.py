"""Sizes of virtual machines that managed endpoints run on (a part of Azure's list).

Source: learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A size: its family (the unit of quota), cores, GPUs and memory. `reserve`: 20 % more."""

    name: str
    family: str
    cores: int
    memory_gb: float
    gpus: int = 0
    reserve: bool = True


SIZES = (
    Size("Standard_DS1_v2", "standardDSv2Family", 1, 3.5),
    Size("Standard_DS2_v2", "standardDSv2Family", 2, 7),
    Size("Standard_DS3_v2", "standardDSv2Family", 4, 14),
    Size("Standard_DS4_v2", "standardDSv2Family", 8, 28),
    Size("Standard_DS5_v2", "standardDSv2Family", 16, 56),
    Size("Standard_D2a_v4", "standardDAv4Family", 2, 8),
    Size("Standard_D4a_v4", "standardDAv4Family", 4, 16),
    Size("Standard_F2s_v2", "standardFSv2Family", 2, 4),
    Size("Standard_F4s_v2", "standardFSv2Family", 4, 8),
    Size("Standard_F8s_v2", "standardFSv2Family", 8, 16),
    Size("Standard_F16s_v2", "standardFSv2Family", 16, 32),
    Size("Standard_F32s_v2", "standardFSv2Family", 32, 64),
    Size("Standard_E2s_v3", "standardESv3Family", 2, 16),
    Size("Standard_E4s_v3", "standardESv3Family", 4, 32),
    Size("Standard_E8s_v3", "standardESv3Family", 8, 64),
    Size("Standard_E16s_v3", "standardESv3Family", 16, 128),
    Size("Standard_E32s_v3", "standardESv3Family", 32, 256),
    Size("Standard_NC4as_T4_v3", "Standard NCASv3_T4 Family", 4, 28, 1),
    Size("Standard_NC6s_v3", "standardNCSv3Family", 6, 112, 1),
    Size("Standard_NC24ads_A100_v4", "StandardNCADSA100v4Family", 24, 220, 1, reserve=False),
    Size("Standard_NC48ads_A100_v4", "StandardNCADSA100v4Family", 48, 440, 2, reserve=False),
)
DEFAULT_CORES = {"Standard NCASv3_T4 Family": 0, "standardNCSv3Family": 0}
CPU_CORES = 1000
"""Quota of any other family, unless a flag sets it."""


def size(name: str) -> Size | None:
    """Return the size with this name, ignoring case, or None."""
    return next((known for known in SIZES if known.name.lower() == name.lower()), None)


def cores_needed(of: Size, instances: int) -> int:
    """Return the cores to count against quota: 20 % more instances are reserved for upgrades."""
    return math.ceil(instances * 1.2) * of.cores if of.reserve else instances * of.cores
