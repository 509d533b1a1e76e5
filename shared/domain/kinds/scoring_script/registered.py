"""The registered model that a deployment names."""

import re
from collections.abc import Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.scoring_script.asked import Asked

_NAMED = re.compile(r"(?:azureml:)?([A-Za-z0-9][\w.-]*):([\w.-]+)")
_ID = re.compile(r"(?:azureml:)?/subscriptions/.+/workspaces/[^/]+/(models/[^/]+/versions/[^/]+)")


def registered_model(asked: Asked) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the end of the model's ARM id, `models/name/versions/1`; None if none is named."""
    given = asked.model
    if isinstance(given, Mapping):
        if given.get("path") is not None:
            return None, ()
        given = f"{given.get('name', '')}:{given.get('version', '')}"
    if given is None:
        return None, ()
    if (by_id := _ID.fullmatch(str(given))) is not None:
        return by_id[1], ()
    if (named := _NAMED.fullmatch(str(given))) is not None:
        return f"models/{named[1]}/versions/{named[2]}", ()
    cause = f"'{given}' is not a version of a model of the workspace"
    remedy = "Write azureml:name:version, or a path in the package"
    return None, (asked.finding_at(("model",), cause, remedy),)
