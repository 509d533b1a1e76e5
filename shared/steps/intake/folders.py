"""The folder door: many blobs, one flow. It is taken when nothing has changed for a while."""

from shared.domain.requests.request import (
    FolderSource,
    is_flow_folder,
    is_prompty_folder,
    order_key,
)
from shared.ports import Ports
from shared.steps.intake.accept import Accepted
from shared.steps.intake.dropped import take


def flow_folder(ports: Ports, path: str) -> str | None:
    """The topmost folder above a blob that holds a flow file, or else the nearest with a prompty.

    None where there is neither.
    """
    parts = path.split("/")[:-1]
    above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    for folder in above:
        if is_flow_folder(folder, ports.flows.list(f"{folder}flow.")):
            return folder
    for folder in reversed(above):
        if is_prompty_folder(folder, ports.flows.list(folder)):
            return folder
    return None


def take_change(ports: Ports, path: str, modified: str) -> Accepted | None:
    """A blob of a folder changed a quiet period ago: deploy the folder, if it is complete.

    None where there is nothing to do: no flow lies above the blob, or something newer has changed,
    whose own note comes later.

    Args:
        ports: the world.
        path: the blob that changed.
        modified: when, as `stamp` writes it.
    """
    folder = flow_folder(ports, path)
    if folder is None:
        return None
    files = ports.flows.list(folder)
    newest = max((it.modified for it in files), key=order_key, default=modified)
    if order_key(newest) > order_key(modified):
        return None
    return take(ports, FolderSource(path=folder, files=files), newest)
