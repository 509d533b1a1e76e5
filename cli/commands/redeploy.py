"""`sluice redeploy ENDPOINT`: deploy a revision again."""

from cli.commands.watch import watch_new
from cli.service import Service
from cli.target import Target


def redeploy(
    endpoint: str, revision: str, target: Target, *, force: bool, no_wait: bool, as_json: bool
) -> int:
    """Request the deployment. Without `no_wait` follow its job to the end."""
    service = Service(target)
    job = service.redeploy(endpoint, revision, force=force)
    return watch_new(service, job, target, no_wait=no_wait, as_json=as_json)
