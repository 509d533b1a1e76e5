"""Fields common to all Azure ML resources."""

from local.azure_ml import clock
from local.azure_ml.exchange import Call, Json


def system_data(call: Call, before: Json | None = None) -> Json:
    """Return who created and last changed a resource; `before` is the existing one, if any."""
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
