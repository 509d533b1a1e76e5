"""The endpoint name of a prompt flow run, if the request names none."""

import re

# promptflow names runs '{flow}_variant_{n}_{date}_{time}_{microseconds}', or without a variant.
_ADDED = re.compile(
    r"(_variant_[A-Za-z0-9]+)?_\d{8}_\d{6}_\d{1,6}$|_variant_[A-Za-z0-9]+_[0-9a-f]{8,}$"
)


def endpoint_name_of_run(run: str) -> str:
    """Return the flow's name, which promptflow puts into the run's name, as an endpoint name.

    `web_classification_variant_0_20260101_120000_123456` gives `web-classification`, so every run
    of a flow gets the same endpoint. Other characters than letters and digits become dashes; the
    name is cut to 32 characters.
    """
    flow = _ADDED.sub("", run) or run
    return re.sub(r"[^A-Za-z0-9]+", "-", flow).strip("-")[:32].rstrip("-")
