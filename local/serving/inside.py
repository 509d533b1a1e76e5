"""The inside of a container: its model, its home, and its environment variables."""

import shutil
from pathlib import Path
from typing import Final

from local.serving.build import Image
from local.serving.contract import Container

QUIET: Final = {
    # The flow's process must not start prompt flow's own local service, nor send telemetry.
    "PF_TRACING_SKIP_LOCAL_SETUP": "true",
    "PF_NO_INTERACTIVE_LOGIN": "true",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}


def mount(container: Container, folder: Path) -> str:
    """Put model, code and settings into the container's folder; return the initializer's log.

    The runtime expects only the model's folder inside AZUREML_MODEL_DIR, under its own name. It
    gets a copy, because a flex flow writes into it at its start.
    """
    models = _model_dir(folder, container)
    models.mkdir(parents=True)
    shutil.copytree(container.model, models / container.model.name)
    if container.code is not None:
        shutil.copytree(container.code, _code_dir(folder, container.code))
    settings = folder / ".promptflow" / "pf.yaml"
    settings.parent.mkdir()
    settings.write_text("telemetry:\n  enabled: false\n")
    count = sum(path.is_file() for path in container.model.rglob("*"))
    return f"Downloaded {count} files of {container.model.name} to {models}\n"


def environ(container: Container, image: Image, folder: Path) -> dict[str, str]:
    """Build the container's variables, with nothing of this machine except PATH.

    The deployment's own override Azure's, which override the image's.
    """
    return {
        "PATH": f"{image.python.parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "PYTHONUNBUFFERED": "1",
        **QUIET,
        **image.variables,
        **container.platform,
        **container.environment_variables,
        "AZUREML_MODEL_DIR": str(_model_dir(folder, container)),
        **_script(container, folder),
    }


def _script(container: Container, folder: Path) -> dict[str, str]:
    """The script's folder is the root of its imports, as azure-ai-ml's own local endpoints have it.

    The server is told the whole path of the script: relative ones begin at its own folder.
    """
    if container.code is None:
        return {}
    script = _code_dir(folder, container.code) / container.script
    return {
        "AML_APP_ROOT": str(script.parent),
        "AZUREML_ENTRY_SCRIPT": str(script),
        "SCORING_TIMEOUT_MS": f"{container.request_timeout_s * 1000:.0f}",
    }


def _code_dir(folder: Path, code: Path) -> Path:
    return folder / "azureml-app" / code.name


def image_root(folder: Path) -> Path:
    """The folder that stands for the file system of an image with a server of its own."""
    return folder / "image"


def _model_dir(folder: Path, container: Container) -> Path:
    if container.mount:
        return image_root(folder) / container.mount.lstrip("/")
    return folder / "azureml-models"
