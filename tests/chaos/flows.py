"""The flows of a sequence: what their manifests ask for, and how their deployments behave."""

import json
from functools import cache

from shared.domain.access.policy_rule import parse_policy
from shared.domain.azure.endpoint import DeploymentSpec
from shared.ports import Answer
from tests.chaos.steps import ANSWERS_OTHERWISE, FAILS_TO_ANSWER, FAILS_TO_START
from tests.fakes.comparisons import BOTH
from tests.fakes.world import READS_CONNECTIONS, World, package

FIXED = "blue"
SHAPES = {
    "": "",
    "fixed": f"deployment: {{name: {FIXED}}}\n",
    "canary": "rollout: {strategy: canary}\n",
    "writes": "approval: writes\n",
    "traffic": "approval: traffic\n",
    "canary traffic": "rollout: {strategy: canary}\napproval: traffic\n",
    "compared": BOTH,
    "compared canary": f"{BOTH}rollout: {{strategy: canary}}\n",
    "invalid": "deployment: {instance_count: -1}\n",
}
RULED = parse_policy(
    json.dumps(
        [
            {"prefix": "", "endpoints": [f"*-ruled-{it}"], "approval": it}
            for it in ("writes", "traffic")
        ]
    )
)
_START = ("ImageBuildFailure", "It did not start.")


@cache
def make_zip(endpoint: str, content: int, shape: str = "") -> bytes:
    """Make the package of a flow; its content decides how its deployment behaves."""
    manifest = f"{READS_CONNECTIONS}endpoint: {{name: {endpoint}}}\n{SHAPES[shape]}"
    return package(f"# {content}\n", deploy__yaml=manifest)


class Behaviour:
    """Lets deployments start and answer, or fail to, as the content of their flow says."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.metrics.busy = world.workspace
        world.workspace.judge = lambda spec: _START if self._is(spec, FAILS_TO_START) else None
        world.scoring.live = self._answer

    def _answer(self, deployment: str) -> Answer:
        endpoint = self._world.scoring.scored[-1].endpoint
        spec = self._world.workspace.there.specs[endpoint, deployment]
        if self._is(spec, FAILS_TO_ANSWER):
            return Answer(424, {"error": {"message": "boom"}}, 0.01)
        otherwise = self._is(spec, ANSWERS_OTHERWISE)
        return Answer(200, {"answer": "no" if otherwise else "yes"}, 0.01)

    def _is(self, spec: DeploymentSpec, content: int) -> bool:
        code = self._world.assets.model_files(spec.model)["say.py"]
        return code.endswith(f"# {content}\n".encode())
