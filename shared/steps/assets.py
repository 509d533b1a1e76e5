"""Registering what a deployment is made of: the model (the flow's files) and the environment."""

import tempfile
from pathlib import Path

from shared.domain.release import ENVIRONMENT_NAME
from shared.domain.report import Report, ok
from shared.ports import Ports
from shared.steps.call import Call, release_of
from shared.steps.package import unpacked


def ensure_model(ports: Ports, call: Call) -> Report:
    """The flow's files are a model version whose version is their digest."""
    release = release_of(ports, call.job)
    if ports.workspace.has_model(release.model_name, release.digest):
        return ok("registered before")
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        root = unpacked(ports, call.job, Path(folder))
        ports.assets.register_model(
            release.model_name, release.digest, root, release.model_properties
        )
    return ok()


def ensure_environment(ports: Ports, call: Call) -> Report:
    """The environment is registered; one for all flows that need the same."""
    environment = release_of(ports, call.job).environment
    if ports.workspace.has_environment(ENVIRONMENT_NAME, environment.version):
        return ok("registered before")
    ports.assets.register_environment(
        ENVIRONMENT_NAME,
        environment.version,
        image=environment.image,
        requirements=environment.requirements,
    )
    return ok()
