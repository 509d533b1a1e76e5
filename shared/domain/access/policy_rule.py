"""One rule of the policy, and how the setting is read."""

from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.domain.access.roles import AskedRole
from shared.domain.identifiers.paths import path_problem
from shared.domain.parsing.pydantic_messages import in_plain_words


def _folder(prefix: str) -> str:
    bare = prefix.removesuffix("/")
    if bare and (problem := path_problem(bare)) is not None:
        raise ValueError(f"'{prefix}' is no folder of the flows container: {problem}")
    return bare


_Pattern = Annotated[str, Field(min_length=1)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class AllowedRole(_Said):
    """A role, by name or id, that a manifest may ask for at scopes of these shell-style patterns.

    It must be written as the manifests write it: a name is not looked up here.
    """

    role: _Pattern
    scopes: tuple[_Pattern, ...]

    def fits(self, asked: AskedRole) -> bool:
        return self.role.lower() == asked.role.lower() and any(
            fnmatchcase(asked.scope.lower(), pattern.lower()) for pattern in self.scopes
        )


class Rule(_Said):
    """One permission. Patterns are shell-style; no workspace means the app's own.

    With `suffix`, names that are taken from zips and folders get the workspace's suffix; the
    patterns are those of the names without it. `callers` narrows the rule at the HTTP door alone.
    """

    prefix: Annotated[str, AfterValidator(_folder)]
    endpoints: tuple[_Pattern, ...]
    workspace: str | None = None
    suffix: bool = False
    roles: tuple[AllowedRole, ...] = ()
    identities: tuple[_Pattern, ...] = ()
    connections: tuple[_Pattern, ...] = ()
    callers: tuple[_Pattern, ...] | None = None

    def holds(self, path: str) -> bool:
        """Whether the path is in the rule's folder, or is the one zip that it names."""
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
    """Read the setting: a JSON list of rules; empty text is no rule.

    Raises:
        ValueError: the text is no list of rules; the message says which rule and field.
    """
    try:
        return TypeAdapter(Policy).validate_json(text) if text.strip() else ()
    except ValidationError as error:
        wrong = [in_plain_words(_place(it["loc"]), it) for it in error.errors(include_url=False)]
        raise ValueError("; ".join(wrong)) from error


def _place(location: tuple[int | str, ...]) -> str:
    """`rule 2, roles, 1`, counted from 1."""
    if not location:
        return "the list of rules"
    first, *rest = (str(it + 1) if isinstance(it, int) else it for it in location)
    return ", ".join((f"rule {first}", *rest))
