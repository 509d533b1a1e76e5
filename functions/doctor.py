"""HTTP route: what Sluice's own settings, connections and rights lack."""

import json
import os
from pathlib import Path
from typing import Any

import azure.functions as func

from functions.answer import answer, as_json, require_caller, signed_in
from shared.app_names import app_names
from shared.bootstrap import ports, probes
from shared.connection_checks import used
from shared.domain.access.caller import NotSignedIn
from shared.domain.check import Check
from shared.settings import WrongSettings, read_settings
from shared.settings_checks import check_settings
from shared.steps.views.doctor import examine

_SECONDS = 60.0
"""Each of a dozen services may be silent, for up to 20 s."""
_HOST = Path(__file__).parents[1] / "host.json"


def doctor(req: func.HttpRequest) -> func.HttpResponse:
    return answer(lambda: as_json(200, _doctor(req)), seconds=_SECONDS)


def _doctor(req: func.HttpRequest) -> dict[str, Any]:
    host = json.loads(_HOST.read_text(encoding="utf-8"))
    checks = list(check_settings(os.environ, host))
    if not _usable():
        # Nor can the app tell what callers may do: a function key or a sign-in is enough for this.
        if (audience := os.environ.get("SIGN_IN_AUDIENCE")) and not signed_in(req).name:
            raise NotSignedIn(audience)
        return {"checks": [it.to_dict() for it in (*checks, _UNBUILT)], "uses": None}
    require_caller(req, "look")
    checks += examine(ports(), probes(), app_names(os.environ))
    return {"checks": [it.to_dict() for it in checks], "uses": used(read_settings())}


def _usable() -> bool:
    """Return whether the settings are good enough to build the app from them."""
    try:
        ports()
        probes()
    except (WrongSettings, ValueError):
        return False
    return True


_UNBUILT = Check(
    "connections", "services", "unknown", "Mend the settings first: the app needs them to look"
)
