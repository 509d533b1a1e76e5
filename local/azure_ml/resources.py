"""What all Azure ML resources carry."""

from local.azure_ml import clock
from local.azure_ml.exchange import Call, Json


def system_data(call: Call, before: Json | None = None) -> Json:
    """Who made and last changed it; `before` is the resource as it was, if it was."""
    who = call.caller.name
    kind = "User" if call.caller.type == "User" else "Application"
    changed = {
        "lastModifiedAt": clock.now(),
        "lastModifiedBy": who,
        "lastModifiedByType": kind,
    }
    if before:
        return {**before["systemData"], **changed}
    return {"createdAt": clock.now(), "createdBy": who, "createdByType": kind, **changed}
