"""The rules of the policy, read from the app's setting."""

from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.domain.access.approval import Approval
from shared.domain.access.roles import AskedRole
from shared.domain.comparison.settings import ComparisonFloor
from shared.domain.identifiers.paths import path_problem
from shared.domain.parsing.duration import bake_seconds
from shared.domain.parsing.pydantic_messages import in_plain_words
from shared.domain.rollout.gates import Gates
from shared.domain.rollout.strategy import Floor


def _folder(prefix: str) -> str:
    bare = prefix.removesuffix("/")
    if bare and (problem := path_problem(bare)) is not None:
        raise ValueError(f"'{prefix}' is not a folder of the flows container: {problem}")
    return bare


_Pattern = Annotated[str, Field(min_length=1)]
_Kind = Annotated[str, Field(pattern=r"^[a-z_]+$")]
"""The name of a kind of package, such as `prompt_flow`."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class AllowedRole(_Model):
    """A role, by name or id, that a manifest may request at scopes of these shell-style patterns.

    The manifest must write it in the same way: names are not resolved to ids.
    """

    role: _Pattern
    scopes: tuple[_Pattern, ...]

    def fits(self, asked: AskedRole) -> bool:
        return self.role.lower() == asked.role.lower() and any(
            fnmatchcase(asked.scope.lower(), pattern.lower()) for pattern in self.scopes
        )


def _bake(text: str) -> str:
    bake_seconds(text)
    return text


_Factor = Annotated[float, Field(gt=1)]


class RolloutFloor(_Model):
    """The least rollout that a new deployment gets: a manifest may ask for more, never for less."""

    percent: Annotated[int, Field(ge=1, le=99)] = 10
    bake: Annotated[str, AfterValidator(_bake)] = "PT15M"
    error_percent: Annotated[float, Field(gt=0, le=50)] = 5
    timeout_percent: Annotated[float, Field(gt=0, le=50)] = 2
    latency_factor: _Factor = 1.5
    latency_ms: Annotated[float | None, Field(gt=0)] = None
    tokens_factor: _Factor = 1.5

    def as_floor(self) -> Floor:
        gates = Gates(
            errors=self.error_percent / 100,
            timeouts=self.timeout_percent / 100,
            latency=self.latency_factor,
            latency_ms=self.latency_ms,
            tokens=self.tokens_factor,
        )
        return Floor(self.percent, bake_seconds(self.bake), gates)


class ComparisonRule(_Model):
    """The least comparison that a new deployment gets; a manifest may ask for more."""

    contract: bool = True
    parity: bool = True
    equal_percent: Annotated[float, Field(gt=0, le=100)] = 100
    similar_percent: Annotated[float, Field(gt=0, le=100)] = 100
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0

    def as_floor(self) -> ComparisonFloor:
        return ComparisonFloor(**self.model_dump())


class Rule(_Model):
    """One permission. Patterns are shell-style; no workspace means the app's own.

    With `suffix`, names that come from zips and folders get the workspace's suffix; the patterns
    match names without it. `callers` restricts the rule for HTTP only. `rollout`, `comparison` and
    `approval` are the least. Without `kinds` a package may be of any kind. Where `approvers` are
    named, nobody else approves or rejects a job. With `repair`, drift of an endpoint is repaired by
    a job.
    """

    prefix: Annotated[str, AfterValidator(_folder)]
    endpoints: tuple[_Pattern, ...]
    workspace: str | None = None
    suffix: bool = False
    roles: tuple[AllowedRole, ...] = ()
    identities: tuple[_Pattern, ...] = ()
    connections: tuple[_Pattern, ...] = ()
    kinds: tuple[_Kind, ...] | None = None
    callers: tuple[_Pattern, ...] | None = None
    rollout: RolloutFloor | None = None
    comparison: ComparisonRule | None = None
    repair: bool = False
    approval: Approval = "none"
    approvers: tuple[_Pattern, ...] = ()

    def holds(self, path: str) -> bool:
        """Return whether the path is in the rule's folder, or is the zip that it names."""
        if not self.prefix or path == self.prefix:
            return True
        is_zip = self.prefix.lower().endswith(".zip")
        return not is_zip and path.startswith(f"{self.prefix}/")

    def allows(self, endpoint: str, suffix: str) -> bool:
        names = {endpoint, endpoint.removesuffix(suffix)} if self.suffix else {endpoint}
        patterns = [it.lower() for it in self.endpoints]
        return any(fnmatchcase(name.lower(), it) for name in names for it in patterns)


Policy = tuple[Rule, ...]


def parse_policy(text: str) -> Policy:
    """Read the setting: a JSON list of rules; an empty text means no rules.

    Raises:
        ValueError: the text is not a list of rules; the message names rule and field.
    """
    try:
        return TypeAdapter(Policy).validate_json(text) if text.strip() else ()
    except ValidationError as error:
        wrong = [in_plain_words(_place(it["loc"]), it) for it in error.errors(include_url=False)]
        raise ValueError("; ".join(wrong)) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Write a location as `rule 2, roles, 1`, counted from 1."""
    if not location:
        return "the list of rules"
    first, *rest = (str(it + 1) if isinstance(it, int) else it for it in location)
    return ", ".join((f"rule {first}", *rest))
