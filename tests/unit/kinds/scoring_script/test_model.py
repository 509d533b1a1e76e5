"""The model of a script, and the files that its code reads from it."""

import pytest

from shared.domain.kinds.content import Part
from tests.unit.kinds.scoring_script.reader import CONDA, DEPLOYMENT, SCORE, read, told

WITH_MODEL = f"{DEPLOYMENT}model:\n  path: models/regression\n"


def _reading(expression: str) -> dict[str, str]:
    return {
        "src/score.py": f"import os\nfrom pathlib import Path\n{expression}\n{SCORE}",
        "conda.yaml": CONDA,
        "models/regression/fit.pkl": "",
    }


@pytest.mark.parametrize(
    "expression",
    [
        'it = os.path.join(os.getenv("AZUREML_MODEL_DIR"), "model", "fit.pkl")',
        'it = Path(os.environ["AZUREML_MODEL_DIR"]) / "model" / "fit.pkl"',
        'base = os.environ.get("AZUREML_MODEL_DIR")\nit = os.path.join(base, "model/fit.pkl")',
        'it = Path(os.environ["AZUREML_MODEL_DIR"]).joinpath("model", "fit.pkl")',
    ],
)
def test_a_model_file_that_the_package_lacks(expression: str) -> None:
    """Azure/azureml-examples#1068."""
    found = told(_reading(expression), WITH_MODEL)
    assert {it.partition("reads ")[2] for it in found} == {
        (
            "'model/fit.pkl' in AZUREML_MODEL_DIR, and the model has no such file. "
            "The model has: regression/fit.pkl"
        )
    }


@pytest.mark.parametrize(
    "expression",
    [
        'it = os.path.join(os.getenv("AZUREML_MODEL_DIR"), "regression", "fit.pkl")',
        'it = Path(os.environ["AZUREML_MODEL_DIR"]) / "regression"',
        'it = os.path.join(os.getenv("AZUREML_MODEL_DIR"), name)',
        'it = os.path.join("AZUREML_MODEL_DIR", "nothing")',
    ],
)
def test_model_files_that_are_there_or_cannot_be_told(expression: str) -> None:
    assert told(_reading(expression), WITH_MODEL) == []


def test_code_that_reads_a_model_and_has_none() -> None:
    """Azure/azureml-examples#1068."""
    files = _reading('it = os.environ["AZUREML_MODEL_DIR"]')
    assert told(files, DEPLOYMENT) == [
        (
            "error: src/score.py:3: the code reads AZUREML_MODEL_DIR, and the "
            "deployment has no model. "
            "Name it as model in the az ml deployment, or put it into a folder 'model'"
        )
    ]


def test_code_that_can_do_without_a_model() -> None:
    files = _reading('it = os.getenv("AZUREML_MODEL_DIR", ".")')
    assert told(files, DEPLOYMENT) == []


def test_a_registered_model_is_not_looked_into() -> None:
    files = _reading('it = os.path.join(os.environ["AZUREML_MODEL_DIR"], "any")')
    deployment = f"{DEPLOYMENT}model: azureml:prices:3\n"
    assert told(files, deployment) == []
    assert read(files, deployment)[0].registered_model == "models/prices/versions/3"


def test_a_model_outside_of_the_package() -> None:
    assert told(_reading(""), f"{DEPLOYMENT}model:\n  path: ../model\n") == [
        (
            "error: deployment.yaml:10: the model '../model' is outside the package. "
            "Put it into the package, or register it"
        )
    ]


def test_a_folder_named_model_is_the_model_of_a_bare_script() -> None:
    files = {"score.py": SCORE, "conda.yaml": CONDA, "model/fit.pkl": ""}
    assert read(files)[0].model_part == Part("model", "model")
    del files["model/fit.pkl"]
    assert read(files)[0].model_part is None


def test_a_long_chain_of_divisions_is_read_as_any_other() -> None:
    long = "it = " + "/".join(["a"] * 1000)
    files = _reading(f'{long}\nbase = Path(os.environ["AZUREML_MODEL_DIR"])\nit = base / "no"')
    assert [it.partition("reads ")[2][:4] for it in told(files, WITH_MODEL)] == ["'no'"]


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        ("{name: prices}", "'prices:' is not a version of a model of the workspace"),
        ("prices", "'prices' is not a version of a model of the workspace"),
        ("azureml:prices@latest", "'azureml:prices@latest' names a label"),
    ],
)
def test_a_model_without_a_version(model: str, cause: str) -> None:
    (found,) = told(_reading(""), f"{DEPLOYMENT}model: {model}\n")
    assert cause in found


def test_a_script_may_use_a_model_of_a_registry() -> None:
    named = "azureml://registries/azureml/models/prices/versions/3"
    files = _reading('it = os.environ["AZUREML_MODEL_DIR"]')
    assert told(files, f"{DEPLOYMENT}model: {named}\n") == []
    assert read(files, f"{DEPLOYMENT}model: {named}\n")[0].registered_model == named
