"""Requested faults of calls and of operations."""

import itertools
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from local.azure_ml.exchange import Json
from local.azure_ml.operations import Kind

FOREVER = -1


class OperationError(BaseModel):
    """The error that an operation ends with; the code may be missing."""

    model_config = ConfigDict(extra="forbid")
    code: str | None = None
    message: str = "A fault rule asked for this."


class Rule(BaseModel):
    """A fault: of calls that match `method`, `path` and `host`, or of the next `operation`.

    `path`, `host` and `name` are regular expressions, searched case-insensitively. The rule skips
    `nth - 1` matches, then acts `times` times (-1: for ever). `when` "after" carries the call out,
    and only replaces or drops its answer.
    """

    model_config = ConfigDict(extra="forbid")
    method: str = ".*"
    path: str = ""
    host: str = ""
    nth: int = Field(1, ge=1)
    times: int = Field(1, ge=-1)
    status: int | None = Field(None, ge=100, le=599)
    body: JsonValue = None
    headers: dict[str, str] = Field(default_factory=dict)
    drop: bool = False
    delay: float = Field(0.0, ge=0)
    when: Literal["before", "after"] = "before"
    operation: Kind | None = None
    name: str = ""
    error: OperationError | None = None
    id: int = 0
    seen: int = 0
    acted: int = 0

    @model_validator(mode="after")
    def _check(self) -> "Rule":
        for text in (self.method, self.path, self.host, self.name):
            _compiles(text)
        if self.operation and not self.error:
            raise ValueError("a rule for an operation needs an error")
        if not self.operation and not (self.status or self.drop or self.delay):
            raise ValueError("a rule for calls needs status, drop or delay")
        return self

    def strikes(self) -> bool:
        """Count a match, and return whether the rule acts on it."""
        self.seen += 1
        acts = self.seen >= self.nth and (self.times == FOREVER or self.acted < self.times)
        self.acted += acts
        return acts


def _compiles(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is not a regular expression: {error}") from error


class Faults:
    """The rules, oldest first. If several match a call, the first that acts wins."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._ids = itertools.count(1)

    @property
    def rules(self) -> list[Rule]:
        return list(self._rules)

    def add(self, rule: Rule) -> Rule:
        known = rule.model_copy(update={"id": next(self._ids), "seen": 0, "acted": 0})
        self._rules.append(known)
        return known

    def clear(self, rule_id: int | None = None) -> None:
        """Remove one rule, or all."""
        self._rules = [one for one in self._rules if rule_id not in (None, one.id)]

    def call(self, method: str, host: str, path: str) -> Rule | None:
        """Return the rule that acts on this call. Each matching rule counts it."""
        matching = [
            rule
            for rule in self._rules
            if not rule.operation
            and re.fullmatch(rule.method, method, re.IGNORECASE)
            and re.search(rule.host, host, re.IGNORECASE)
            and re.search(rule.path, path, re.IGNORECASE)
        ]
        acting = [rule for rule in matching if rule.strikes()]
        return acting[0] if acting else None

    def operation_error(self, kind: Kind, name: str) -> Json | None:
        """Return the error for an operation that begins now, or None."""
        for rule in self._rules:
            matches = rule.operation == kind and re.search(rule.name, name, re.IGNORECASE)
            if matches and rule.error and rule.strikes():
                return rule.error.model_dump()
        return None
