"""The container of a package, as the job would ask Azure for it."""

from collections.abc import Mapping
from pathlib import Path

from local.azure_ml.no_code import without_code
from local.serving.contract import Container
from shared.domain.kinds.content import Content, Part
from shared.domain.kinds.kind import Place
from shared.domain.kinds.known import kind_named
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.kinds.server import installed
from shared.domain.manifest import Manifest
from shared.domain.release.desired_deployment import deployment_ask, environment_ask
from shared.domain.release.desired_environment import EnvironmentAsk, Route, Routes
from shared.package.archive import open_zip
from shared.package.environment_file import requirements_text
from shared.package.preparing import build_context, copy_part, requirements_context

ENDPOINT = "trial"
DEPLOYMENT = "trial"
_OF_SCRIPTS = Routes(Route(5001, "/"), Route(5001, "/"), Route(5001, "/score"))
_WORKSPACE = (
    "/subscriptions/none/resourceGroups/none/providers/Microsoft.MachineLearningServices"
    "/workspaces/none"
)


def container(
    package: Path, into: Path, content: Content, manifest: Manifest, variables: Mapping[str, str]
) -> Container:
    """Make the container of a package, with files in `into`.

    Args:
        package: The zip. Not a folder: its files would be moved into the container.
        into: A new folder.
        content: What was read of the package.
        manifest: Its manifest.
        variables: Further ones, which replace those of the manifest.
    """
    if package.is_dir():
        raise ValueError(f"{package} is a folder, and the trial takes a zip")
    kind = kind_named(content.kind_name)
    deployment = deployment_ask(manifest, kind.requests)
    requests = deployment.request_settings
    text = requirements_text(content, open_zip(package, into / "opened"))
    environment = environment_ask(content, manifest.deployment, text, base_image=BASE_IMAGE)
    routes = _routes(environment)
    made = Container(
        endpoint=ENDPOINT,
        deployment=DEPLOYMENT,
        model=_part(content.model_part, package, into / "model"),
        image=environment.image if environment else "",
        build=_context(environment, package, into / "build") if environment else None,
        dockerfile=environment.build.dockerfile if environment and environment.build else None,
        environment_variables={
            **kind.variables(Place(_WORKSPACE, ENDPOINT, DEPLOYMENT)),
            **deployment.environment_variables,
            **variables,
        },
        platform={},
        port=routes.scoring.port,
        liveness=routes.liveness.path,
        readiness=routes.readiness.path,
        scoring=routes.scoring.path,
        request_timeout_s=requests.request_timeout,
        max_concurrent=requests.max_concurrent_requests_per_instance,
        instances=1,
        code=_part(content.code.part, package, into / "code") if content.code else None,
        script=content.code.script if content.code else "",
        conda=environment.conda if environment else None,
    )
    return made if environment is not None else without_code(made)


def _routes(environment: EnvironmentAsk | None) -> Routes:
    """Those of the server of scripts, which also serves what has no environment."""
    if environment is None or (environment.routes is None and environment.runs_code):
        return _OF_SCRIPTS
    return environment.routes or Routes()


def _part(part: Part | None, package: Path, into: Path) -> Path:
    """Copy a part of the package; an empty folder if there is none."""
    into.mkdir(parents=True)
    return copy_part(package, into, part.path, part.name) if part is not None else into


def _context(environment: EnvironmentAsk, package: Path, into: Path) -> Path | None:
    """Make the build context; None for an image alone, or with a conda file."""
    build, needs, files = environment.build, environment.needs, dict(environment.context_files)
    into.mkdir()
    if build is not None:
        return build_context(package, into, build.path)
    if not files and environment.requirements is not None:
        name = "requirements.txt"
        files = {
            f"flow/{name}": environment.requirements,
            "Dockerfile": f"FROM {environment.image}\n{installed(name)}",
        }
    if not files:
        return None
    context = into / "context"
    if needs is not None:
        context = requirements_context(package, into, *map(Path, needs.files))
    for path, text in files.items():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(text, encoding="utf-8")
    return context
