"""Check of the names of endpoints and deployments.

Source: learn.microsoft.com/azure/machine-learning/concept-endpoints-online; 3 to 32 characters,
a letter first, then letters, digits and single dashes, no dash at the end.
"""

import re

from local.azure_ml.errors import invalid

_NAME = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")


def check(kind: str, name: str) -> None:
    """Refuse a name that Azure would refuse; `kind` is Endpoint or Deployment."""
    if not 3 <= len(name) <= 32 or not _NAME.fullmatch(name):
        message = (
            f"{kind} name '{name}' is invalid. It must be 3 to 32 characters long, start with a "
            "letter, and consist of letters, numbers and single dashes."
        )
        raise invalid(message, field="Name")
