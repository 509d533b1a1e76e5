"""Flow folders: many blobs, one flow. A folder is accepted after its quiet period."""

from itertools import chain

from shared.domain.requests.flow_folder import (
    is_container_folder,
    is_flow_folder,
    is_prompty_folder,
    is_script_folder,
)
from shared.domain.requests.request import order_key
from shared.domain.requests.source import FolderSource
from shared.ports import Ports
from shared.steps.intake.accept import Accepted
from shared.steps.intake.dropped import accept_dropped


def find_flow_folder(ports: Ports, path: str) -> str | None:
    """Find the flow folder that a blob belongs to, or None.

    It is the topmost folder above the blob with a flow file, else the topmost with a scoring
    script or an MLflow model, else with a Dockerfile, or else the nearest with one prompty.
    """
    parts = path.split("/")[:-1]
    above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    for folder in above:
        if is_flow_folder(folder, ports.flows.list(f"{folder}flow.")):
            return folder
    files = ports.flows.list(above[0]) if above else ()
    scripts = (it for it in above if is_script_folder(it, files))
    containers = (it for it in above if is_container_folder(it, files))
    prompties = (it for it in reversed(above) if is_prompty_folder(it, files))
    return next(chain(scripts, containers, prompties), None)


def accept_folder_change(ports: Ports, path: str, modified: str) -> Accepted | None:
    """Accept the flow folder of a blob that changed a quiet period ago.

    None if the blob is in no flow folder, or if the folder has changed since: that change has a
    message of its own, which comes later.

    Args:
        ports: the services.
        path: the blob that changed.
        modified: the time of the change, as `stamp` writes it.
    """
    folder = find_flow_folder(ports, path)
    if folder is None:
        return None
    files = ports.flows.list(folder)
    newest = max((it.modified for it in files), key=order_key, default=modified)
    if order_key(newest) > order_key(modified):
        return None
    return accept_dropped(ports, FolderSource(path=folder, files=files), newest)
