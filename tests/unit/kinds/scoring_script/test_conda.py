"""Conda files and requirements, as Azure builds them."""

import pytest
import yaml

from shared.domain.kinds.conda import SERVERS
from tests.unit.kinds.scoring_script.reader import CONDA, DEPLOYMENT, SCORE, read, told

BARE = {"score.py": SCORE}


def test_an_environment_without_a_server() -> None:
    """Azure/azureml-assets#5128: base images lost the server on 2026-06-10."""
    text = CONDA.replace("azureml-inference-server-http", "numpy")
    assert told({**BARE, "conda.yaml": text}) == [
        (
            "error: conda.yaml:3: the environment has no inference server, so the "
            "container would not "
            "start. Add azureml-inference-server-http to the pip part of the conda "
            "file; Azure's base "
            "images have no server since 2026-06-10"
        )
    ]


@pytest.mark.parametrize(
    "line", ["azureml_inference_server_http==1.5.1", "azureml-defaults>=1.60", *sorted(SERVERS)]
)
def test_packages_that_bring_the_server(line: str) -> None:
    text = CONDA.replace("azureml-inference-server-http", line)
    assert told({**BARE, "conda.yaml": text}) == []


def test_a_python_that_conda_has_dropped() -> None:
    """MicrosoftLearning/mslearn-mlops#60: python=3.7.15 fails the image's build."""
    text = CONDA.replace("python=3.12", "python=3.7.15")
    assert told({**BARE, "conda.yaml": text}) == [
        (
            "error: conda.yaml:3: Python 3.7 has reached its end of life, and conda's "
            "channels have "
            "dropped it. Write python=3.12"
        )
    ]


@pytest.mark.parametrize(
    ("python", "ended"),
    [("python=3.9", "2025-10-31"), ("python>=3.10,<3.11", "2026-10-31"), ("python=3.11", "")],
)
def test_a_python_past_its_end_of_life(python: str, ended: str) -> None:
    found = told({**BARE, "conda.yaml": CONDA.replace("python=3.12", python)})
    assert len(found) == bool(ended)
    assert all(it.startswith("warning: conda.yaml:3: ") and ended in it for it in found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{CONDA}pip_requirements: [numpy]\n", 7),
        (CONDA.replace("  - pip\n", "  - pip_requirements: [numpy]\n"), 4),
    ],
)
def test_a_key_that_conda_does_not_know(text: str, line: int) -> None:
    assert told({**BARE, "conda.yaml": text}) == [
        (
            f"error: conda.yaml:{line}: conda does not know 'pip_requirements': nothing of it is "
            "installed. Write the packages under 'dependencies', in the list of '- pip:'"
        )
    ]


def test_a_file_that_the_build_does_not_have() -> None:
    text = CONDA.replace("- azureml", "- -r requirements.txt\n      - azureml")
    assert [it.partition(". ")[0] for it in told({**BARE, "conda.yaml": text})] == [
        (
            "error: conda.yaml:6: '-r requirements.txt' names a file, and the build has "
            "only the conda "
            "file"
        )
    ]


def test_a_conda_file_that_is_not_there() -> None:
    assert told({"src/score.py": SCORE}, DEPLOYMENT) == [
        (
            "error: deployment.yaml:8: the conda file: 'conda.yaml' is not in the package. "
            "Add the file, or correct the path"
        )
    ]


def test_a_conda_file_inside_the_deployment() -> None:
    inline = DEPLOYMENT.replace("conda_file: conda.yaml", "conda_file: {dependencies: [pip]}")
    assert [it.partition(", so")[0] for it in told({"src/score.py": SCORE}, inline)] == [
        "error: deployment.yaml:8: the environment has no inference server"
    ]


def test_requirements_become_a_conda_file_with_the_server() -> None:
    content, findings = read({**BARE, "requirements.txt": "# ours\nnumpy==2.1 ; extra == 'a'"})
    assert findings == ()
    assert yaml.safe_load(content.conda or "")["dependencies"] == [
        "python=3.12",
        "pip",
        {"pip": ["numpy==2.1 ; extra == 'a'", "azureml-inference-server-http"]},
    ]


def test_requirements_that_name_the_server_keep_their_version() -> None:
    content, _ = read({**BARE, "requirements.txt": "azureml-inference-server-http==1.4.1"})
    assert yaml.safe_load(content.conda or "")["dependencies"][-1] == {
        "pip": ["azureml-inference-server-http==1.4.1"]
    }


def test_requirements_that_name_a_file_of_the_package() -> None:
    files = {**BARE, "requirements.txt": "-r more.txt\n", "more.txt": "numpy\n"}
    assert [it.partition(". ")[0] for it in told(files)] == [
        (
            "error: requirements.txt: the requirements name 'more.txt', which the "
            "image's build does "
            "not have"
        )
    ]


def test_a_registered_environment_needs_no_conda_file() -> None:
    start = DEPLOYMENT.partition("environment:")[0]
    assert told({"src/score.py": SCORE}, f"{start}environment: azureml:ours:3\n") == []


def test_the_conda_file_at_the_top_is_taken_where_the_deployment_says_nothing() -> None:
    start = DEPLOYMENT.partition("environment:")[0]
    content, findings = read({"src/score.py": SCORE, "conda.yaml": CONDA}, start)
    assert (content.conda, findings) == (CONDA, ())


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("'https://u:s3cr3tt0ken12345@example.org/a.whl'", "a URL in the requirements holds cred"),
        ("git+ssh://git@example.org/a.git", "the requirements need SSH"),
        ("'no such ! name'", "pip does not understand this line"),
    ],
)
def test_a_line_of_pip_that_requirements_could_not_have_either(line: str, cause: str) -> None:
    text = CONDA.replace("- azureml", f"- {line}\n      - azureml")
    (finding,) = told({**BARE, "conda.yaml": text})
    assert finding.startswith(f"error: conda.yaml:6: {cause}")
    assert "s3cr3t" not in finding
