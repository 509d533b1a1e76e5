"""Check that the quota of a region has room for a deployment. Pure.

Source: learn.microsoft.com/azure/machine-learning/how-to-manage-quotas, 'Virtual machine quota
allocation for deployment'.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.azure.vm_sizes import Size, size_of
from shared.domain.errors import Finding

_FILLING = re.compile(r"cluster|dedicated|vcpus|cores|standard|family|[^a-z0-9]")


@dataclass(frozen=True)
class Usage:
    """Cores of one family in the workspace's region. `limit`: -1 means no limit."""

    name: str
    current: int
    limit: int
    title: str = ""

    def counts(self, family: str) -> bool:
        """Return whether it is the usage of that family, in either of Azure's spellings.

        `standardDSv2Family` and `Standard DSv2 Family Cluster Dedicated vCPUs` are the same.
        """
        return _plain(family) in {_plain(self.name), _plain(self.title)} - {""}


@dataclass(frozen=True)
class Room:
    """The cores that a deployment needs, and the quota that it needs them from."""

    size: Size
    instances: int
    current: int
    limit: int
    freed: int = 0

    @property
    def needed(self) -> int:
        return self.size.cores_needed(self.instances)

    @property
    def suffices(self) -> bool:
        return self.limit < 0 or self.current - self.freed + self.needed <= self.limit

    def finding(self) -> Finding:
        """Explain with figures why the quota does not suffice."""
        reserve = " (a fifth more is reserved for upgrades)" if self.size.reserve else ""
        free = max(0, self.limit - self.current + self.freed)
        return Finding(
            "manifest",
            None,
            f"The quota of {self.size.family} does not suffice: {self.instances} x "
            f"{self.size.name} need {self.needed} cores{reserve}; {self.current} of {self.limit} "
            f"are used, {free} would be free",
            "Ask for quota in studio under Quota, choose a smaller size or fewer instances "
            "(deployment.instance_type, deployment.instance_count), or delete what is not used",
        )


def room(
    instance_type: str,
    instances: int,
    usages: Iterable[Usage],
    freed: Iterable[DeploymentState] = (),
) -> Room | None:
    """Return the room for a deployment; None if its size or family is unknown.

    Args:
        instance_type: the requested size.
        instances: the instance count.
        usages: usages in the region.
        freed: deployments that are deleted or replaced first.
    """
    size = size_of(instance_type)
    usage = next((it for it in usages if size is not None and it.counts(size.family)), None)
    if size is None or usage is None:
        return None
    given = sum(
        known.cores_needed(state.instance_count)
        for state in freed
        if (known := size_of(state.instance_type)) is not None and known.family == size.family
    )
    return Room(size, instances, usage.current, usage.limit, given)


def _plain(name: str) -> str:
    return _FILLING.sub("", name.lower())
