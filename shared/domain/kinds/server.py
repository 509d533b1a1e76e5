"""The server that is installed in a plain Python image, so that it serves a kind of package."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

_FOLDER = "server"
_REQUIREMENTS = "requirements.txt"
_CONFIG = "gunicorn.conf.py"


@dataclass(frozen=True)
class Server:
    """A server that gunicorn starts.

    Args:
        packages: what is installed, each line with its exact version.
        config: gunicorn's configuration file: the app, where it listens, and its workers.
    """

    packages: str
    config: str

    @property
    def files(self) -> Mapping[str, str]:
        """By path, the files of the build context that its Dockerfile copies."""
        return {
            f"{_FOLDER}/{_REQUIREMENTS}": self.packages,
            f"{_FOLDER}/{_CONFIG}": self.config,
        }

    def dockerfile(self, image: str, requirements: str | None = None) -> str:
        """Write a Dockerfile over an image that has Python and pip, and no server.

        `requirements`: path of the package's requirements in the folder `flow` of the context.
        """
        place = f"/opt/{_FOLDER}"
        pip = "python3 -m pip install --no-cache-dir -r"
        return (
            f"FROM {image}\n"
            f"COPY {_FOLDER} {place}\n"
            f"RUN {pip} {place}/{_REQUIREMENTS}\n"
            f"{installed(requirements, pip)}"
            "EXPOSE 8080\n"
            f'CMD ["gunicorn", "--config", "{place}/{_CONFIG}"]\n'
        )


def installed(requirements: str | None, pip: str = "pip install --no-cache-dir -r") -> str:
    """Write the lines of a Dockerfile that install requirements, from a copy of the folder `flow`.

    Their relative paths begin in that folder.
    """
    if requirements is None:
        return ""
    return f"COPY flow /tmp/flow\nRUN cd /tmp/flow && {pip} {shlex.quote(requirements)}\n"
