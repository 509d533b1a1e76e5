"""The model and the code of a release: parts of the package, or a model that exists."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.kinds.content import Content
from shared.domain.kinds.model_type import CUSTOM_TYPE
from shared.domain.release.desired_environment import hashed


@dataclass(frozen=True)
class ModelAsk:
    """The model of a deployment.

    Args:
        path: the part of the package that is registered, `.` for all of it.
        name: of its folder in the container.
        version: hash of its files and name; empty where it is the digest of the whole package.
        registered: end of the ARM id of a model that exists, or the whole id of one in a registry;
            nothing is registered then.
        type: Azure's type of the model that is registered.
    """

    path: str = "."
    name: str = "flow"
    version: str = ""
    registered: str = ""
    type: str = CUSTOM_TYPE


WHOLE_PACKAGE = ModelAsk()


@dataclass(frozen=True)
class CodeAsk:
    """The code of a deployment: as the model, with the path of the script in it."""

    path: str
    name: str
    version: str
    script: str


def model_ask(content: Content, digests: Mapping[str, str]) -> ModelAsk | None:
    """Make the desired model; None if the deployment has none.

    `digests`: by path, hashes of the parts of the package.
    """
    part = content.model_part
    if content.registered_model is not None:
        return ModelAsk(path="", name="", registered=content.registered_model)
    if part is None:
        return None
    whole = content.code is None and part.path == "."
    typed = [] if part.type == CUSTOM_TYPE else [part.type]
    version = "" if whole else hashed([part.name, digests[part.path], *typed], 40)
    return ModelAsk(part.path, part.name, version, type=part.type)


def code_ask(content: Content, digests: Mapping[str, str]) -> CodeAsk | None:
    """Make the desired code; None if the server of the image needs none."""
    if content.code is None:
        return None
    part = content.code.part
    version = hashed([part.name, digests[part.path]], 40)
    return CodeAsk(part.path, part.name, version, content.code.script)
