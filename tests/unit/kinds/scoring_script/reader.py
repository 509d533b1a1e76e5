"""Read a scoring script from texts."""

import sys
from collections.abc import Mapping
from datetime import date

from shared.domain.errors import Finding
from shared.domain.kinds.files import Files
from shared.domain.kinds.scoring_script.asked import Asked
from shared.domain.kinds.scoring_script.model import ScoringScript
from shared.domain.kinds.scoring_script.reading import Outside, conda_path, read_script
from shared.package import parse

TODAY = date(2026, 11, 28)
SCORE = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"
CONDA = """\
channels: [conda-forge]
dependencies:
  - python=3.12
  - pip
  - pip:
      - azureml-inference-server-http
"""
DEPLOYMENT = """\
name: blue
endpoint_name: prices
code_configuration:
  code: src
  scoring_script: score.py
environment:
  image: mcr.microsoft.com/azureml/minimal-py312-inference:latest
  conda_file: conda.yaml
"""


def read(
    files: Mapping[str, str], deployment: str | None = None
) -> tuple[ScoringScript, tuple[Finding, ...]]:
    """Read a package of these files; without a deployment, score.py at its top."""
    asked = Asked() if deployment is None else Asked(parse(deployment, "deployment.yaml"))
    held = Files(frozenset(files), {}, files)
    path = conda_path(asked, held)
    conda = parse(files[path], path) if path in files and path is not None else None
    outside = Outside(TODAY, sys.stdlib_module_names)
    return read_script(asked, held, conda, outside)


def told(files: Mapping[str, str], deployment: str | None = None) -> list[str]:
    """Return the findings as people see them."""
    return [f"{it.severity}: {it}" for it in read(files, deployment)[1]]
