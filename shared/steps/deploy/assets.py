"""Steps that register assets: the model, the environment, and data assets for collected data."""

import tempfile
from pathlib import Path

from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok
from shared.domain.release.desired_environment import ENVIRONMENT_NAME, EnvironmentAsk
from shared.ports import Ports
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.package import fetch_package_of_job


def ensure_model(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the model is registered; the version is the digest of its files."""
    release = release_of(ports, call.job)
    model, name, version = release.model, release.model_name, release.model_version
    if model is None:
        return ok("the deployment has no model")
    seen = ports.seen.take(call, ports.now())
    new = seen is not None and version == release.digest and version not in seen.digests
    if not new and ports.workspace.has_model(name, version):
        return ok("registered before")
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        package = fetch_package_of_job(ports, call.job, Path(folder))
        part = ports.packages.copy_part(package, Path(folder), model.path, model.name)
        ports.assets.register_model(name, version, part, release.model_properties, model.type)
    return ok()


def ensure_code(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the code of a scoring script is registered; the version is its files' digest."""
    release = release_of(ports, call.job)
    code, name = release.code, release.model_name
    if code is None:
        return ok("the deployment has no code")
    if ports.workspace.has_code(name, code.version):
        return ok("registered before")
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        package = fetch_package_of_job(ports, call.job, Path(folder))
        part = ports.packages.copy_part(package, Path(folder), code.path, code.name)
        ports.assets.register_code(name, code.version, part)
    return ok()


def ensure_environment(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the environment is registered. Flows with the same needs share one."""
    release = release_of(ports, call.job)
    environment = release.environment
    if environment is None:
        return ok("Azure makes it from the model")
    if ports.workspace.has_environment(ENVIRONMENT_NAME, environment.version):
        return ok("registered before")
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        ports.assets.register_environment(
            ENVIRONMENT_NAME,
            environment.version,
            image=environment.image,
            requirements=environment.requirements if not environment.context_files else None,
            build=_context(ports, call, environment, Path(folder)),
            dockerfile=environment.build.dockerfile if environment.build else None,
            routes=environment.routes,
            described=environment.described,
            conda=environment.conda,
            runs_code=bool(environment.runs_code),
        )
    return ok()


def ensure_data_assets(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the data assets for collected inputs and outputs are registered."""
    assets = release_of(ports, call.job).data_assets.values()
    for asset in assets:
        ports.workspace.put_data_asset(asset)
    return ok(", ".join(asset.name for asset in assets))


def _context(ports: Ports, call: StepCall, environment: EnvironmentAsk, into: Path) -> Path | None:
    """The build context from the kept package; None if the environment has none."""
    build, needs = environment.build, environment.needs
    if build is not None:
        package = fetch_package_of_job(ports, call.job, into)
        return ports.packages.build_context(package, into, build.path)
    if not environment.context_files:
        return None
    context = into / "image"
    if needs is not None:
        package = fetch_package_of_job(ports, call.job, into)
        context = ports.packages.requirements_context(package, into, needs.files)
    for path, text in environment.context_files.items():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(text, encoding="utf-8")
    return context
