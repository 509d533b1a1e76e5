"""What a package takes from Azure is told before anything is started."""

import shutil
from pathlib import Path

import pytest

from cli.package import write_package
from local.trial.azure_needs import azure_needs, given_variables
from local.trial.container import container
from shared.package.reading import read

SAMPLES = Path(__file__).parents[3] / "samples"
JSON = '{"properties": {}}'


def needs(root: Path, shell: dict[str, str] | None = None) -> list[str]:
    reading = read(root)
    content = reading.content
    assert content is not None
    given = given_variables(content, reading.manifest, shell or {})
    return [f"{cause}. {remedy}" for cause, remedy in azure_needs(content, reading.manifest, given)]


def chat(tmp_path: Path, more: str = "") -> Path:
    for name in ("chat.jinja2", "flow.dag.yaml"):
        (tmp_path / name).write_text((SAMPLES / "chat" / name).read_text())
    (tmp_path / "deploy.yaml").write_text(more)
    return tmp_path


def script(tmp_path: Path, deployment: str) -> Path:
    (tmp_path / "score.py").write_text("def init(): pass\ndef run(data): return data\n")
    (tmp_path / "deployment.yaml").write_text(
        f"code_configuration: {{code: ., scoring_script: score.py}}\n{deployment}"
    )
    return tmp_path


def test_a_connection_is_told_with_the_variable_that_stands_in_for_it(tmp_path: Path):
    (told,) = needs(chat(tmp_path))
    assert "the connection 'open_ai_connection' is in the workspace" in told
    assert "Set the environment variable open_ai_connection to it as JSON" in told

    assert needs(tmp_path, {"open_ai_connection": JSON}) == []
    assert needs(tmp_path, {"open_ai_connection": "another_one"}) != []


def test_a_variable_from_a_connection_is_told(tmp_path: Path):
    more = (
        "deployment: {environment_variables: "
        '{MY_KEY: "${{azureml://connections/search/credentials/key}}"}}\n'
    )
    root = chat(tmp_path, more)
    (told,) = needs(root, {"open_ai_connection": JSON})
    assert "MY_KEY is taken from the connection 'search'" in told
    assert needs(root, {"open_ai_connection": JSON, "MY_KEY": "k"}) == []


def test_a_registered_model_and_environment_are_told(tmp_path: Path):
    told = " ".join(needs(script(tmp_path, "model: azureml:words:3\nenvironment: azureml:e:1\n")))
    assert "the model words:3 is registered in the workspace" in told
    assert "the environment is registered in the workspace" in told


def test_nothing_of_the_shell_but_what_is_asked_for_goes_into_the_server(tmp_path: Path):
    reading = read(chat(tmp_path))
    assert reading.content is not None
    shell = {"open_ai_connection": JSON, "AWS_SECRET": "s"}
    given = given_variables(reading.content, reading.manifest, shell)
    assert given == {"open_ai_connection": JSON}


@pytest.mark.parametrize(("sample", "port"), [("flex", 8080), ("hello", 8080), ("script", 5001)])
def test_the_container_of_a_package_has_what_azure_would_give_it(
    tmp_path: Path, sample: str, port: int
):
    reading = read(SAMPLES / sample)
    assert reading.content is not None
    package = write_package(SAMPLES / sample, tmp_path).archive
    made = container(package, tmp_path / "into", reading.content, reading.manifest, {"MINE": "1"})
    assert made.port == port
    assert made.environment_variables["MINE"] == "1"
    if sample == "script":
        assert made.code is not None
        assert (made.code / made.script).is_file()
        assert made.conda is not None
        assert list(made.model.iterdir()) == []
    else:
        assert made.build is not None
        assert (made.build / "Dockerfile").read_text().startswith("FROM mcr.microsoft.com/azurel")
        assert any(made.model.glob("flow.*.yaml"))
        assert made.environment_variables["PROMPTFLOW_RUN_MODE"] == "serving"


def test_a_folder_is_refused_since_its_files_would_be_moved(tmp_path: Path):
    reading = read(SAMPLES / "flex")
    assert reading.content is not None
    with pytest.raises(ValueError, match="takes a zip"):
        container(SAMPLES / "flex", tmp_path, reading.content, reading.manifest, {})
    assert (SAMPLES / "flex" / "flow.flex.yaml").is_file()


def test_files_that_requirements_name_are_in_model_and_build(tmp_path: Path):
    root = tmp_path / "flow"
    shutil.copytree(SAMPLES / "flex", root)
    (root / "requirements.txt").write_text("-r more.txt\n")
    (root / "more.txt").write_text("python-slugify==8.0.4\n")
    reading = read(root)
    assert reading.content is not None
    package = write_package(root, tmp_path).archive
    made = container(package, tmp_path / "into", reading.content, reading.manifest, {})
    assert made.build is not None
    for name in ("more.txt", "requirements.txt"):
        assert (made.build / "flow" / name).is_file()
        assert (made.model / name).is_file()


def test_requirements_over_a_flows_own_image_are_installed(tmp_path: Path):
    root = tmp_path / "flow"
    shutil.copytree(SAMPLES / "flex", root)
    (root / "requirements.txt").write_text("python-slugify==8.0.4\n")
    with (root / "flow.flex.yaml").open("a") as flow:
        flow.write("environment: {image: ours.azurecr.io/flows:1}\n")
    reading = read(root)
    assert reading.content is not None
    package = write_package(root, tmp_path).archive
    made = container(package, tmp_path / "into", reading.content, reading.manifest, {})
    assert made.build is not None
    assert (made.build / "Dockerfile").read_text().splitlines() == [
        "FROM ours.azurecr.io/flows:1",
        "COPY flow /tmp/flow",
        "RUN cd /tmp/flow && pip install --no-cache-dir -r requirements.txt",
    ]


def test_a_model_of_a_registry_is_told() -> None:
    (told,) = needs(SAMPLES / "registry")
    assert told.startswith("the model echo-text:1 is registered in a registry, not here. ")
