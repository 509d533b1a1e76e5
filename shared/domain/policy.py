"""What an operator allows: which prefix may deploy to which endpoints of which workspace.

No rule, nothing: policy denies by default.
"""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Rule(BaseModel):
    """One permission. Endpoint patterns are shell-style; no workspace means the app's own."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    prefix: str
    endpoints: tuple[str, ...]
    workspace: str | None = None


Policy = tuple[Rule, ...]


def parse_policy(text: str) -> Policy:
    """Read the setting: a JSON list of rules; empty text is no rule. Raises ValueError."""
    return TypeAdapter(Policy).validate_json(text) if text.strip() else ()


def refusal(policy: Policy, *, path: str, endpoint: str, workspace: str) -> str | None:
    """Why the flow at the path may not deploy to the endpoint; None where it may."""
    if not policy:
        return "No policy is set, so nothing may be deployed"
    rules = [rule for rule in policy if path.startswith(rule.prefix)]
    if not rules:
        return f"No rule of the policy lets '{path}' deploy anything"
    rules = [rule for rule in rules if rule.workspace in {None, workspace}]
    if not rules:
        return f"No rule of the policy lets '{path}' deploy to workspace '{workspace}'"
    if any(fnmatchcase(endpoint, pattern) for rule in rules for pattern in rule.endpoints):
        return None
    allowed = ", ".join(sorted({pattern for rule in rules for pattern in rule.endpoints}))
    return f"The policy lets '{path}' deploy to {allowed or 'nothing'}, not to '{endpoint}'"
