"""The model that a deployment names by a path in the package."""

from collections.abc import Mapping
from posixpath import normpath

from shared.domain.errors import Finding
from shared.domain.kinds.content import Part
from shared.domain.kinds.files import Files, folder_name, leads_out
from shared.domain.kinds.model_type import model_type
from shared.domain.kinds.scoring_script.asked import Asked


def named_path(asked: Asked, files: Files) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the path of the model that the deployment names; None if it names none."""
    written = asked.model.get("path") if isinstance(asked.model, Mapping) else None
    if written is None:
        return None, ()
    path = normpath(str(written))
    at = ("model", "path")
    if leads_out(path):
        cause = f"the model '{written}' is outside the package"
        return None, (asked.finding_at(at, cause, "Put it into the package, or register it"),)
    inside = path == "." or any(it == path or it.startswith(f"{path}/") for it in files.files)
    if not inside:
        cause, remedy = files.lacking(path) or ("", "")
        return None, (asked.finding_at(at, f"the model: {cause}", remedy),)
    return path, ()


def part_of(asked: Asked, path: str | None) -> Part | None:
    """Return a model at that path as a part of the package, of the type that is named."""
    if path is None:
        return None
    described = asked.model if isinstance(asked.model, Mapping) else {}
    return Part(path, folder_name(path, "model"), model_type(described.get("type")))
