"""What a container finds inside: its model, its home, and its environment variables."""

import shutil
from pathlib import Path
from typing import Final

from local.serving.build import Image
from local.serving.contract import Container

QUIET: Final = {
    # The flow's process must neither start prompt flow's own local service nor report to anybody.
    "PF_TRACING_SKIP_LOCAL_SETUP": "true",
    "PF_NO_INTERACTIVE_LOGIN": "true",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}


def mount(container: Container, folder: Path) -> str:
    """Put model and settings into the container's own folder; what the storage initializer says.

    The runtime expects the model's folder alone inside AZUREML_MODEL_DIR, under its own name. It is
    a copy: a flex flow's start writes into it.
    """
    models = _model_dir(folder)
    models.mkdir(parents=True)
    shutil.copytree(container.model, models / container.model.name)
    settings = folder / ".promptflow" / "pf.yaml"
    settings.parent.mkdir()
    settings.write_text("telemetry:\n  enabled: false\n")
    count = sum(path.is_file() for path in container.model.rglob("*"))
    return f"Downloaded {count} files of {container.model.name} to {models}\n"


def environ(container: Container, image: Image, folder: Path) -> dict[str, str]:
    """The container's variables: nothing of this machine's but where programs lie.

    The deployment's own win over what Azure gives, and that over the image's.
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
        "AZUREML_MODEL_DIR": str(_model_dir(folder)),
    }


def _model_dir(folder: Path) -> Path:
    return folder / "azureml-models"
