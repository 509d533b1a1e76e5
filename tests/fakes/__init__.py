"""The ports in memory: as strict as Azure, and able to fail as Azure fails.

Each passes the same contract tests as its adapter (`tests/contract`).
"""

from tests.fakes.assets import FakeAssets
from tests.fakes.bus import FakeBus
from tests.fakes.flows import FakeFlows
from tests.fakes.ledger import FakeLedger
from tests.fakes.roles import FakeRoles
from tests.fakes.runs import FakeRuns
from tests.fakes.scoring import FakeScoring
from tests.fakes.turns import FakeTurns
from tests.fakes.workspace import FakeWorkspace

__all__ = [
    "FakeAssets",
    "FakeBus",
    "FakeFlows",
    "FakeLedger",
    "FakeRoles",
    "FakeRuns",
    "FakeScoring",
    "FakeTurns",
    "FakeWorkspace",
]
