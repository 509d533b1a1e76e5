"""Turn pydantic errors into findings that a person can act on."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.domain.errors import MOST_FINDINGS, Finding, Rejected
from shared.domain.parsing.document import Document, Path, reach
from shared.domain.parsing.nearest_name import nearest_name
from shared.domain.parsing.pydantic_messages import KINDS, in_plain_words
from shared.domain.parsing.text import join_names


def shape[M: BaseModel](
    model: type[M], value: Any, document: Document, at: Path = (), remedy: str = ""
) -> tuple[M | None, tuple[Finding, ...]]:
    """Read a value as a model; faults become findings at their places under `at`.

    Args:
        model: The model.
        value: The value.
        document: The document that holds the value.
        at: The place of the value in the document.
        remedy: The remedy for faults without one of their own.
    """
    try:
        return model.model_validate(value), ()
    except ValidationError as error:
        return None, tuple(_findings(model, error, value, document, at, remedy))


def _findings(
    model: type[BaseModel],
    error: ValidationError,
    value: Any,
    document: Document,
    at: Path,
    remedy: str,
) -> Iterator[Finding]:
    remedies = dict[tuple[Path, str], str]()
    kinds = dict[Path, dict[str, None]]()
    for detail in islice(error.errors(include_url=False), 2 * MOST_FINDINGS):
        path = at + _existing_path(detail["loc"], value, keep_last=detail["type"] == "missing")
        if detail["type"] in KINDS:
            kinds.setdefault(path, {})[KINDS[detail["type"]]] = None
        for cause, own in _causes(model, detail, path, remedy):
            remedies.setdefault((path, cause), own)
    places = {path for path, _ in remedies}
    for path, needed in kinds.items():
        if any(it[: len(path)] == path and it != path for it in places):
            continue  # of a union, the member that was meant has the faults below
        remedies[path, f"{_where(path)} must be {' or '.join(needed)}"] = ""
    for (path, cause), own in remedies.items():
        yield document.finding(path, cause, own or remedy or "Correct the value")


def _existing_path(loc: tuple[int | str, ...], value: Any, *, keep_last: bool) -> Path:
    """Leave out what pydantic adds to a location: the names of a union's members."""
    path: Path = ()
    for index, part in enumerate(loc):
        exists = reach(value, (*path, part))[1]
        if exists or (keep_last and index == len(loc) - 1):
            path = (*path, part)
    return path


def _causes(
    model: type[BaseModel], detail: ErrorDetails, path: Path, remedy: str
) -> Iterator[tuple[str, str]]:
    """Yield cause and remedy of a fault; a wrong name carries both itself."""
    where, wrong = _where(path), detail.get("ctx", {}).get("error")
    if isinstance(wrong, Rejected):
        yield from ((f"{where}: {it.cause}", it.remedy) for it in wrong.findings)
    elif detail["type"] == "extra_forbidden":
        yield f"unknown field {where}", _suggestion(model, detail["loc"])
    elif detail["type"] == "missing":
        yield in_plain_words(where, detail), remedy or f"Add '{path[-1]}'"
    elif detail["type"] not in KINDS:
        yield in_plain_words(where, detail), ""


def _where(path: Path) -> str:
    return f"'{'.'.join(map(str, path))}'" if path else "this value"


def _suggestion(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    known = _fields_at(model, loc[:-1])
    if meant := nearest_name(str(loc[-1]), known):
        return f"Did you mean '{meant}'? Otherwise leave it out"
    return f"Leave it out; fields here: {join_names(known)}" if known else "Leave it out"


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """List the fields that a model has at a location, from its JSON Schema."""
    schema = _schema(model)
    here = schema
    for part in loc:
        for option in _options(schema, here):
            if part in option.get("properties", {}):
                here = option["properties"][part]
                break
    return sorted(
        {name for option in _options(schema, here) for name in option.get("properties", {})}
    )


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _options(schema: dict[str, Any], here: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema's own object, or those it refers to."""
    if "$ref" in here:
        yield from _options(schema, schema["$defs"][here["$ref"].rsplit("/", 1)[-1]])
        return
    yield here
    for option in (*here.get("anyOf", ()), *([here["items"]] if "items" in here else ())):
        yield from _options(schema, option)
