"""Where the script is, what it defines and what it imports."""

import pytest

from shared.domain.kinds.content import Part
from tests.unit.kinds.scoring_script.reader import CONDA, DEPLOYMENT, SCORE, read, told

BARE = {"score.py": SCORE, "conda.yaml": CONDA}
IN_SRC = {"src/score.py": SCORE, "conda.yaml": CONDA}


def test_a_script_with_all_that_it_needs_has_no_findings() -> None:
    assert told(BARE) == []
    assert told(IN_SRC, DEPLOYMENT) == []


def test_a_deployment_tells_code_script_image_and_conda_file() -> None:
    content, _ = read(IN_SRC, DEPLOYMENT)
    assert (content.code.part, content.code.script) == (Part("src", "src"), "score.py")
    assert content.image == "mcr.microsoft.com/azureml/minimal-py312-inference:latest"
    assert content.conda == CONDA


def test_a_path_that_repeats_the_code_folder() -> None:
    """Azure/azure-cli-extensions#8522."""
    repeated = DEPLOYMENT.replace("scoring_script: score.py", "scoring_script: ./src/score.py")
    assert told(IN_SRC, repeated) == [
        (
            "error: deployment.yaml:5: './src/score.py' repeats the code folder: Azure looks for "
            "'src/src/score.py'. Write scoring_script: score.py"
        )
    ]


def test_a_script_that_is_not_under_the_code_folder() -> None:
    """Azure/azure-cli-extensions#8522."""
    files = {"other/score.py": SCORE, "src/a.py": "", "conda.yaml": CONDA}
    assert told(files, DEPLOYMENT) == [
        (
            "error: deployment.yaml:5: the script is not under the code folder 'src': "
            "'src/score.py' is not in the package. There is 'other/score.py'; "
            "scoring_script is the "
            "script's path below code"
        )
    ]


def test_a_script_that_does_not_exist() -> None:
    assert told({"conda.yaml": CONDA}, DEPLOYMENT) == [
        (
            "error: deployment.yaml:5: there is no scoring script: 'src/score.py' is not in the "
            "package. Add the file, or correct the path; scoring_script is the script's "
            "path below code"
        )
    ]


def test_code_outside_of_the_package() -> None:
    outside = DEPLOYMENT.replace("code: src", "code: ../../model-1/onlinescoring/")
    assert told(IN_SRC, outside) == [
        (
            "error: deployment.yaml:4: the code folder '../../model-1/onlinescoring' is "
            "outside the "
            "package. Put the folder into the package, or pack the folder above both"
        )
    ]


@pytest.mark.parametrize(
    ("source", "lacking"),
    [
        ("def init():\n    pass\n", "no run"),
        ("def run(data):\n    return data\n", "no init"),
        ("class Model:\n    def run(self, data):\n        return data\n", "no init and no run"),
    ],
)
def test_a_script_without_init_or_run(source: str, lacking: str) -> None:
    """The server ends with exit code 3 then: 'Worker failed to boot' (run with 1.5.1)."""
    assert told({**BARE, "score.py": source}) == [
        (
            f"error: score.py: the script has {lacking} at its top level. "
            "Define init() and run(data): the server calls both"
        )
    ]


@pytest.mark.parametrize(
    "source", ["from work import init, run\n", "from work import *\n", f"if True:\n    {'x = 1'}\n"]
)
def test_init_and_run_may_come_from_elsewhere(source: str) -> None:
    missing = list(told({**BARE, "score.py": source, "work.py": SCORE}))
    assert bool(missing) is ("x = 1" in source)


def test_a_syntax_error_has_its_line() -> None:
    assert told({**BARE, "score.py": "def init(:\n"}) == [
        "error: score.py:1: a syntax error: invalid syntax. Correct the source"
    ]


def test_a_module_beside_the_code_folder() -> None:
    """Azure/azure-cli-extensions#6819."""
    files = {**IN_SRC, "src/score.py": f"import helpers\n{SCORE}", "helpers.py": ""}
    assert told(files, DEPLOYMENT) == [
        (
            "error: src/score.py:1: 'helpers' is at 'helpers', and imports are looked "
            "up from 'src'. "
            "Move it into 'src', or import it from there"
        )
    ]


def test_a_module_named_by_way_of_the_code_folder() -> None:
    """Azure/azure-cli-extensions#6819."""
    files = {**IN_SRC, "src/score.py": f"from src.work import it\n{SCORE}", "src/work.py": "it = 1"}
    assert [it.partition(". ")[0] for it in told(files, DEPLOYMENT)] == [
        "error: src/score.py:1: 'src' is at 'src', and imports are looked up from 'src'"
    ]


def test_a_module_beside_the_module_that_imports_it() -> None:
    """Azure/azure-cli-extensions#6819."""
    files = {
        **BARE,
        "score.py": f"from tools.work import it\n{SCORE}",
        "tools/work.py": "import more\nit = 1\n",
        "tools/more.py": "",
    }
    assert told(files) == [
        (
            "error: tools/work.py:1: 'more' is at 'tools/more', and imports are looked "
            "up from the "
            "package's folder. Move it into the package's folder, or import it from there"
        )
    ]


def test_a_script_is_in_no_package() -> None:
    files = {**BARE, "score.py": f"from .work import it\n{SCORE}", "work.py": "it = 1"}
    assert [it.partition(". ")[0] for it in told(files)] == [
        (
            "error: score.py:1: the server loads the script as a module of no package: '.' leads "
            "nowhere"
        )
    ]


@pytest.mark.parametrize(
    "line",
    [
        "import work",
        "from tools import work",
        "import json, numpy",
        "try:\n    import helpers\nexcept ImportError:\n    helpers = None",
        "import sys\nsys.path.append('..')\nimport helpers",
    ],
)
def test_imports_that_resolve_or_may_fail(line: str) -> None:
    files = {
        **IN_SRC,
        "src/score.py": f"{line}\n{SCORE}",
        "src/work.py": "",
        "src/tools/work.py": "",
        "helpers.py": "",
        "json.py": "",
    }
    assert told(files, DEPLOYMENT) == []


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("from openai import AzureOpenAI", "openai"),
        ("from agent_framework.openai import OpenAIChatClient", "agent_framework.openai"),
        ("from azure.ai import inference", "azure.ai.inference"),
        ("import openaifoo, azure.ai.ml", None),
    ],
)
def test_a_client_of_a_language_model(line: str, client: str | None) -> None:
    assert read({**BARE, "score.py": f"{line}\n{SCORE}"})[0].llm_client == client
