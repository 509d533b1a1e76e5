"""Read a package as a custom container: an az ml deployment that names one, or a Dockerfile."""

from posixpath import basename

from shared.domain.kinds.custom_container.reading import build_place, read_container
from shared.domain.kinds.files import Files
from shared.domain.kinds.sample_file import SAMPLE_FILE
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.requests.flow_folder import DOCKERFILE, MLMODEL_FILE
from shared.package.kinds.package import Package, Read
from shared.package.kinds.texts import Texts


def recognise(package: Package) -> bool:
    """Return whether a deployment names a container, or a Dockerfile lies at the top.

    A container has a build context, or an image with routes of its own, and no code_configuration.
    MLflow writes Dockerfiles, too: beside MLmodel they count for nothing by themselves.
    """
    return _names_container(_asked(package)) or (
        DOCKERFILE in package.files and MLMODEL_FILE not in package.files
    )


def read(package: Package) -> Read:
    """Read the Dockerfile, the Python files and the requirements of the build context."""
    asked = _asked(package)
    reader = Texts(package)
    texts = dict[str, str]()
    place = build_place(asked)
    dockerfile = place.file if place is not None else ""
    for path in sorted(package.files):
        requirements = basename(path).startswith("requirements") and path.endswith(".txt")
        if path in {dockerfile, SAMPLE_FILE} or path.endswith(".py") or requirements:
            text = reader.read(path, "error" if path == dockerfile else "warning")
            if text is not None:
                texts[path] = text
    files = Files(package.files, package.left_out, texts)
    content, found = read_container(asked, files)
    return content, (*reader.findings, *found)


def _asked(package: Package) -> Asked:
    """The deployment, ours or az ml's, that names a container; else the first, or none."""
    parts = package.beside.parts
    found = [Asked(parts["deploy"], ("deployment",))] if "deploy" in parts else []
    found += [Asked(parts["deployment"])] if "deployment" in parts else []
    return next((it for it in found if _names_container(it)), (*found, Asked())[0])


def _names_container(asked: Asked) -> bool:
    environment = asked.environment
    routed = bool(environment.get("image")) and bool(environment.get("inference_config"))
    return not asked.names_script and (bool(environment.get("build")) or routed)
