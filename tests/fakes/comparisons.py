"""An endpoint that serves, and a new version of another behaviour, in memory."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.ports import Answer, Json
from tests.fakes.world import World, make_world, package

BOTH = "comparison: {contract: true, parity: true}\n"

type Version = Callable[[Json, str | None], Answer]


def answers(body: Any = None, status: int = 200, **more: Any) -> Version:
    """A version that gives the same answer to every request, but refuses one without inputs."""

    def version(asked: Json, accept: str | None) -> Answer:
        if not asked:
            return Answer(424, {"error": "no question"}, 0.01, model_status=400)
        if accept is not None:
            return Answer(424, "", 0.01, model_status=406)
        return Answer(status, {"answer": "yes"} if body is None else body, 0.01, **more)

    return version


def make_compared_world(
    old: Version,
    new: Version,
    documents: Mapping[str, Any] | None = None,
    first: bytes | None = None,
    **given: Any,
) -> World:
    """Make a world whose endpoint `hello` serves a version `old`; what is dropped next is `new`.

    `documents`: their OpenAPI documents, under `old` and `new`. `first`: the package of `old`.
    """
    world = make_world(**given)
    world.deploy(content=first)
    [serving] = world.traffic()

    def asked(name: str, body: Json, accept: str | None) -> Answer:
        for one in world.workspace.deployments("hello"):
            side = "old" if one.name == serving else "new"
            if side in (documents or {}):
                world.scoring.documents[one.name] = (documents or {})[side]
        return (old if name == serving else new)(body, accept)

    world.scoring.asked = asked
    return world


def deploy_new(world: World, manifest: str = BOTH, **files: str) -> dict[str, Any]:
    """Drop the new version, run its job, and return the result's data."""
    return world.deploy(content=package("# new\n", deploy__yaml=manifest, **files))
