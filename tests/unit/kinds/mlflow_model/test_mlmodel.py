"""MLmodel, and the files that it names."""

import pytest

from shared.domain.kinds.content import Part
from shared.domain.kinds.mlflow_model.asked import Asked
from shared.package import parse
from tests.unit.kinds.mlflow_model.reader import DEPLOYMENT, FILES, MLMODEL, inside, read, told


def test_a_model_as_mlflow_writes_it_has_no_findings() -> None:
    assert told(FILES) == []
    assert read(FILES)[0].model_part == Part(".", "model", "mlflow_model")


def test_the_model_is_the_folder_that_the_deployment_names() -> None:
    files = inside("model")
    assert told(files, DEPLOYMENT) == []
    assert read(files, DEPLOYMENT)[0].model_part == Part("model", "model", "mlflow_model")


def test_a_folder_without_mlmodel() -> None:
    assert told({"model/model.pkl": ""}, DEPLOYMENT) == [
        (
            "error: deployment.yaml:4: there is no MLmodel in the model's folder: 'model/MLmodel' "
            "is not in the package. "
            "Name the folder that MLflow's save_model or log_model has written"
        )
    ]


def test_mlmodel_is_deeper_than_the_deployment_says() -> None:
    (found,) = told(inside("model/artifacts"), DEPLOYMENT)
    assert found.endswith("There is 'model/artifacts/MLmodel': write path: model/artifacts")


@pytest.mark.parametrize("path", ["../model", "azureml://datastores/a/paths/b", "/model"])
def test_a_model_outside_of_the_package(path: str) -> None:
    (found,) = told({}, DEPLOYMENT.replace("path: model", f"path: {path}"))
    assert f"the model '{path}' is outside the package" in found


def test_no_python_function() -> None:
    text = MLMODEL.replace("python_function", "onnx")
    assert told({**FILES, "MLmodel": text}) == [
        (
            "error: MLmodel:2: the model has no flavour python_function, which is what Azure's "
            "script loads. Save it with mlflow.pyfunc, or by a flavour of MLflow that adds "
            "python_function"
        )
    ]


@pytest.mark.parametrize(
    "signature",
    ["", 'signature:\n  inputs: \'[{"type": "any"}]\'\n', "signature: {inputs: '[broken'}\n"],
)
def test_no_signature_is_a_warning(signature: str) -> None:
    """MLflow writes the type `any` where it could not infer one, as without scipy."""
    text = MLMODEL.partition("signature:")[0] + signature
    (found,) = told({**FILES, "MLmodel": text})
    assert found.startswith("warning: MLmodel")
    assert "the model has no signature" in found
    assert read({**FILES, "MLmodel": text})[0].columns == ()


def test_the_columns_are_those_of_the_signature() -> None:
    assert read(FILES)[0].columns == ("width",)


@pytest.mark.parametrize(
    ("path", "line", "field"),
    [
        ("model.pkl", 6, "model.pkl"),
        ("conda.yaml", 4, "conda.yaml"),
        ("input_example.json", 11, "input_example.json"),
        ("serving_input_example.json", 12, "serving_input_example.json"),
    ],
)
def test_files_that_mlmodel_names_and_the_package_lacks(path: str, line: int, field: str) -> None:
    files = {name: text for name, text in FILES.items() if name != path}
    found = told(files)[0]
    assert f"MLmodel:{line}: MLmodel names '{field}': '{path}' is not in the package" in found


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("    model_code_path: /home/ada/price.py\n", "price.py"),
        ("    model_code_path: 'C:\\\\Ada\\\\price.py'\n".replace("\\\\", "\\"), "price.py"),
        ("    code: code\n    data: data/model\n", "data/model"),
        ("    artifacts: {tokens: {path: artifacts/tokens.json}}\n", "artifacts/tokens.json"),
        ("    python_model: python_model.pkl\n", "python_model.pkl"),
    ],
)
def test_what_mlmodel_may_name_besides(lines: str, named: str) -> None:
    text = MLMODEL.replace("    model_path: model.pkl\n", lines)
    assert any(f"MLmodel names '{named}'" in it for it in told({**FILES, "MLmodel": text}))
    there = {**FILES, "MLmodel": text, named: "", "data/model/weights": ""}
    assert told(there) == []


def test_no_conda_file_is_named() -> None:
    text = MLMODEL.replace("      conda: conda.yaml\n", "      virtualenv: model.pkl\n")
    (found,) = told({**FILES, "MLmodel": text})
    assert found.startswith("error: MLmodel:4: the model names no conda file")


def test_an_old_mlmodel_names_its_conda_file_alone() -> None:
    text = MLMODEL.replace("    env:\n      conda: conda.yaml\n", "    env: conda.yaml\n")
    assert told({**FILES, "MLmodel": text}) == []


def test_mlflow_3_is_a_warning() -> None:
    """Azure/azureml-examples#4051, #3873, #3875: the no-code container ends in 502."""
    (found,) = told({**FILES, "MLmodel": MLMODEL.replace("2.22.5", "3.7.0")})
    assert found.startswith("warning: MLmodel:9: the model was saved by MLflow 3.7.0")
    assert "mlflow<3" in found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (DEPLOYMENT, True),
        (DEPLOYMENT.replace("mlflow_model", "MLFlow_Model"), True),
        (DEPLOYMENT.replace("mlflow_model", "custom_model"), False),
        (DEPLOYMENT + "code_configuration: {code: src, scoring_script: score.py}\n", False),
        ("model: azureml:plots:1\n", False),
    ],
)
def test_which_deployments_name_a_model_without_code(text: str, names: bool) -> None:
    assert Asked(parse(text, "deployment.yaml")).names_model is names
