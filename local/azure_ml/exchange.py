"""A call to ARM and its answer, without the web framework around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from local.azure_ml.principals import Principal

type Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call: `path` has no query; `parts` are what the route's pattern named in the path."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    caller: Principal
    parts: Mapping[str, str] = field(default_factory=dict)

    def having(self, parts: Mapping[str, str]) -> Self:
        return replace(self, parts=parts)

    @property
    def document(self) -> Json:
        """The body where it is an object, else an empty one."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def properties(self) -> Json:
        """The `properties` of the body."""
        found = self.document.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def api_version(self) -> str:
        return self.query.get("api-version", "")


@dataclass(frozen=True)
class Answer:
    """Status, JSON body (nothing is sent where `empty`) and headers.

    The body of one that `is_list` has all its items; whoever sends it cuts it into pages.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    empty: bool = False
    is_list: bool = False


NOTHING = Answer(status=204, empty=True)


def listed(resources: list[Json]) -> Answer:
    """All resources of a list."""
    return Answer({"value": resources}, is_list=True)
