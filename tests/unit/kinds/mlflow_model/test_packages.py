"""The conda file of a model, from which Azure builds its image."""

import pytest

from tests.unit.kinds.mlflow_model.reader import CONDA, DEPLOYMENT, FILES, inside, told


def _with(old: str, new: str = "") -> dict[str, str]:
    assert old in CONDA
    return {**FILES, "conda.yaml": CONDA.replace(old, new)}


def test_no_monitoring() -> None:
    """Azure/azureml-examples#4008, #3904, #3923, #4031: 502, since 2026-05-19."""
    assert told(_with("  - azureml-ai-monitoring==1.0.0\n")) == [
        (
            "error: conda.yaml:3: azureml-ai-monitoring is not listed: Azure's script for MLflow "
            "models imports it since 2026-05-19, and the container would end in 502. "
            "Add azureml-ai-monitoring to the pip part; extra_pip_requirements of save_model does"
        )
    ]


def test_no_server_is_a_warning() -> None:
    """Azure adds the server; Azure/azureml-examples#4009: a version that failed."""
    (found,) = told(_with("  - azureml-inference-server-http==1.5.1\n"))
    assert found.startswith("warning: conda.yaml:3: azureml-inference-server-http is not listed")


@pytest.mark.parametrize("line", ["azureml_ai_monitoring", "azureml-ai-monitoring>=1"])
def test_other_spellings(line: str) -> None:
    assert told(_with("azureml-ai-monitoring==1.0.0", line)) == []


def test_a_python_that_conda_has_dropped() -> None:
    """MicrosoftLearning/mslearn-mlops#60: an MLflow model with python=3.7.15."""
    (found,) = told(_with("python=3.12", "python=3.7.15"))
    assert found.startswith("error: conda.yaml:3: Python 3.7 has reached its end of life")


def test_the_file_is_named_as_it_lies_in_the_package() -> None:
    files = inside("model", _with("  - azureml-ai-monitoring==1.0.0\n"))
    (found,) = told(files, DEPLOYMENT)
    assert found.startswith("error: model/conda.yaml:3: azureml-ai-monitoring")
