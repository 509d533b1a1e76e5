"""All ports in memory, with an engine, for tests of whole jobs."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.access.policy_rule import parse_policy
from shared.domain.release.release import Limits
from shared.ports import Ports
from shared.steps.intake.doors import accept_drop
from tests.fakes.assets import FakeAssets
from tests.fakes.bus import FakeBus
from tests.fakes.engine import Clock, FakeEngine
from tests.fakes.flows import FakeFlows
from tests.fakes.ledger import FakeLedger
from tests.fakes.metrics import FakeMetrics
from tests.fakes.packages import FakePackages
from tests.fakes.poison import FakePoison
from tests.fakes.roles import FakeRoles
from tests.fakes.runs import FakeRuns
from tests.fakes.scoring import FakeScoring
from tests.fakes.turns import FakeTurns
from tests.fakes.workspace import FakeWorkspace

FLOW = """\
inputs:
  question: {type: string, default: hi}
outputs:
  answer: {type: string, reference: "${say.output}"}
nodes:
- name: say
  type: python
  source: {type: code, path: say.py}
  inputs: {question: "${inputs.question}"}
"""
INDEX_LOOKUP = """\
inputs:
  question: {type: string, default: hi}
outputs:
  answer: {type: string, reference: "${look.output}"}
nodes:
- name: look
  type: python
  source: {type: package, tool: promptflow_vectordb.tool.common_index_lookup.search}
  inputs: {queries: "${inputs.question}", mlindex_content: "x: y"}
"""
CODE = """\
from promptflow.core import tool

@tool
def say(question: str) -> str:
    return question
"""

READS_CONNECTIONS = "access: {connection_secrets: true}\n"


def package(more: str = "", flow: str = FLOW, **files: str) -> bytes:
    """Zip a flow, with more code; keywords are further files, `__` for a dot.

    It asks for the secrets of connections, so that there is a grant.
    """
    files = {"deploy__yaml": READS_CONNECTIONS, **files}
    own = {"flow.dag.yaml": flow, "say.py": CODE + more}
    return zipped({**own, **{name.replace("__", "."): text for name, text in files.items()}})


def zipped(files: Mapping[str, str]) -> bytes:
    """Zip files, by path."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return written.getvalue()


ALL_ALLOWED = parse_policy(
    """
    [{"prefix": "", "endpoints": ["*"], "identities": ["*"], "connections": ["*"],
      "roles": [{"role": "AzureML Data Scientist", "scopes": ["*"]}]}]
    """
)


@dataclass
class World:
    """Everything in memory, and the engine over it."""

    flows: FakeFlows
    ledger: FakeLedger
    turns: FakeTurns
    workspace: FakeWorkspace
    assets: FakeAssets
    roles: FakeRoles
    scoring: FakeScoring
    bus: FakeBus
    metrics: FakeMetrics
    poison: FakePoison
    clock: Clock
    ports: Ports
    engine: FakeEngine

    def drop(self, name: str = "hello", content: bytes | None = None) -> str:
        """Drop a flow and return its job."""
        self.flows.put(f"{name}.zip", package() if content is None else content)
        taken = accept_drop(self.ports, f"{name}.zip")
        assert taken is not None
        return taken.job

    def deploy(self, name: str = "hello", content: bytes | None = None) -> dict[str, Any]:
        """Drop a flow, run its job, and return the result's data."""
        self.engine.run(self.drop(name, content))
        return self.last

    @property
    def last(self) -> dict[str, Any]:
        event: dict[str, Any] = self.bus.results[-1].event
        return dict(event["data"])

    def traffic(self, endpoint: str = "hello") -> dict[str, int]:
        state = self.workspace.endpoint(endpoint)
        assert state is not None
        return dict(state.traffic)

    @property
    def writes(self) -> list[str]:
        roles = ["assign"] * len(self.roles.writes)
        return [
            *(it[0] for it in self.workspace.writes),
            *(it[0] for it in self.assets.writes),
            *roles,
        ]


def make_world(
    *,
    roles: FakeRoles | None = None,
    clock: Clock | None = None,
    storage_clock: Callable[[], datetime] | None = None,
    workspace: Mapping[str, Any] | None = None,
    **given: Any,
) -> World:
    """Make a world in memory; keywords replace ports and rules.

    `storage_clock`: storage's own clock, by default the clock of all.
    """
    held, clock = roles or FakeRoles(), clock or Clock()
    flows = FakeFlows(storage_clock or clock)
    there = FakeWorkspace(**{"polls": 2, "roles": held, **(workspace or {})})
    ports = Ports(
        flows=flows,
        ledger=FakeLedger(flows),
        turns=FakeTurns(),
        workspace=there,
        assets=FakeAssets(there),
        roles=held,
        scoring=FakeScoring(there),
        bus=FakeBus(),
        runs=FakeRuns(),
        metrics=FakeMetrics(),
        packages=FakePackages(),
        poison=FakePoison(),
        now=clock,
        policy=ALL_ALLOWED,
        limits=Limits(propagation=1200, grant=3600, operation=3600),
        workspace_name="ws",
        workspace_id="/subscriptions/s/workspaces/ws",
    )
    ports = replace(ports, **given)
    return World(
        flows,
        ports.ledger,  # type: ignore[arg-type]
        ports.turns,  # type: ignore[arg-type]
        there,
        ports.assets,  # type: ignore[arg-type]
        held,
        ports.scoring,  # type: ignore[arg-type]
        ports.bus,  # type: ignore[arg-type]
        ports.metrics,  # type: ignore[arg-type]
        ports.poison,  # type: ignore[arg-type]
        clock,
        ports,
        FakeEngine(ports, clock),
    )
