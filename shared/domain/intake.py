"""What comes in at the doors: the JSON body that messages and calls share."""

import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.domain.errors import Finding, Rejected

_SHAPE = (
    'Send {"source": {"blob": "team/name.zip"}}, {"source": {"folder": "team/name/"}}, '
    '{"source": {"run": "name"}} or {"source": {"endpoint": "name", "revision": "current"}}'
)


class AskedSource(BaseModel):
    """Exactly one of blob, folder, run and endpoint. Paths are inside the flows container."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    blob: str | None = Field(default=None, min_length=1)
    folder: str | None = Field(default=None, min_length=1)
    run: str | None = Field(default=None, min_length=1, max_length=255)
    endpoint: str | None = Field(default=None, min_length=1)
    revision: str = Field(default="current", min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        named = [it for it in (self.blob, self.folder, self.run, self.endpoint) if it is not None]
        if len(named) != 1:
            raise ValueError("exactly one of blob, folder, run and endpoint is needed")
        return self


class Asked(BaseModel):
    """A request as a person or a program writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: AskedSource
    manifest: dict[str, Any] = Field(default_factory=dict)


class Redeploy(BaseModel):
    """The body of a redeploy, which may be empty: the endpoint stands in the URL."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    revision: str = Field(default="current", min_length=1)
    manifest: dict[str, Any] = Field(default_factory=dict)


def parse_asked(body: bytes) -> Asked:
    """Read the body of a message or a call. Raises Rejected with every fault in it."""
    return _parse(Asked, body)


def parse_redeploy(body: bytes) -> Redeploy:
    return _parse(Redeploy, body or b"{}")


def _parse[M: BaseModel](model: type[M], body: bytes) -> M:
    try:
        return model.model_validate(json.loads(body))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Rejected([Finding("request", None, f"It is no JSON: {error}", _SHAPE)]) from error
    except ValidationError as error:
        findings = [
            Finding("request", None, f"{_place(it['loc'])}{it['msg']}", _SHAPE)
            for it in error.errors()
        ]
        raise Rejected(findings) from error


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) + ": " if location else ""
