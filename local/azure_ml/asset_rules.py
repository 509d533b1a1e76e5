"""Required fields of an asset version, and the fields that may change afterwards."""

from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Json

_PLACE = {"models": "modelUri", "data": "dataUri", "codes": "codeUri"}


def normalize(kind: str, wanted: Json, before: Json | None) -> Json:
    """Return the properties to store: the requested ones, with Azure's defaults.

    Raises:
        ArmError: 400, the URI of its content is missing; 409, the version has another URI.
    """
    old = before["properties"] if before else None
    if kind == "environments":
        return _environment(wanted, old)
    place = _PLACE[kind]
    if not wanted.get(place):
        raise ArmError(400, "UserError", f"The field '{place}' is required.")
    if old and old[place].rstrip("/") != str(wanted[place]).rstrip("/"):
        message = (
            f"A {kind.removesuffix('s')} with this name and version already exists. If you are "
            "trying to create a new one, use a different name or version."
        )
        raise ArmError(409, "UserError", message)
    kept = {
        **wanted,
        "tags": wanted.get("tags") or {},
        "properties": wanted.get("properties") or {},
    }
    if kind == "models":
        kept["flavors"] = wanted.get("flavors") or {}
        kept.setdefault("modelType", "custom_model")
        kept.setdefault("stage", None)
    return kept


def _environment(wanted: Json, old: Json | None) -> Json:
    if not (wanted.get("image") or wanted.get("build") or old):
        raise ArmError(400, "UserError", "An environment needs an image or a build context.")
    fixed = {key: old[key] for key in ("image", "build", "condaFile") if old and old.get(key)}
    for key, value in fixed.items():
        if wanted.get(key) not in (None, value):
            message = f"The environment version exists already with another '{key}'."
            raise ArmError(409, "UserError", message)
    kept = {**(old or {}), **{key: value for key, value in wanted.items() if value is not None}}
    return {
        "osType": "Linux",
        "tags": {},
        "properties": {},
        **kept,
        "environmentType": "UserCreated",
    }
