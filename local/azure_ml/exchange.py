"""A call to ARM and its answer, without the web framework around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from local.azure_ml.principals import Principal

type Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call. `path` has no query; `parts` are the values of the route's placeholders."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    caller: Principal
    parts: Mapping[str, str] = field(default_factory=dict)

    def with_parts(self, parts: Mapping[str, str]) -> Self:
        return replace(self, parts=parts)

    @property
    def document(self) -> Json:
        """The body if it is an object, else an empty one."""
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
    """Status, JSON body (no body is sent if `empty`) and headers.

    If `is_list`, the body holds all items; the host cuts it into pages.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    empty: bool = False
    is_list: bool = False


NO_CONTENT = Answer(status=204, empty=True)


def list_answer(resources: list[Json]) -> Answer:
    """Answer with all resources of a list."""
    return Answer({"value": resources}, is_list=True)
