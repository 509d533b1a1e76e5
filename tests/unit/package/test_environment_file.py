"""`environment: file:…` is read as az ml reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.domain.manifest import Environment
from shared.package import Reading, read

_ROUTES = (
    "inference_config: {liveness_route: {port: 1, path: /}, readiness_route: {port: 1, path: /}, "
    "scoring_route: {port: 1, path: /}}\n"
)

type Drop = Callable[[Mapping[str, str]], Reading]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    def written(files: Mapping[str, str]) -> Reading:
        flow = "nodes:\n- {name: a, type: prompt, source: {type: code, path: a.jinja2}}\n"
        for path, text in {"flow.dag.yaml": flow, "a.jinja2": "", **files}.items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)
        return read(tmp_path)

    return written


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deploy.yaml", "deployment: {environment: 'file:env/e.yaml'}\n"),
        ("deployment.yaml", "name: blue\nenvironment: file:./env/e.yaml\n"),
    ],
)
def test_the_build_context_is_relative_to_the_environment_file(
    drop: Drop, name: str, text: str
) -> None:
    described = f"name: mine\nbuild: {{path: docker}}\ntags: {{a: 1}}\n{_ROUTES}"
    files = {name: text, "env/e.yaml": described}
    reading = drop(files)
    assert [it.cause for it in reading.errors] == [
        "the build context 'env/docker' is not in the package"
    ]


def test_the_environment_file_defines_the_environment(drop: Drop) -> None:
    text = "name: blue\nenvironment: file:e.yaml\n"
    reading = drop({"deployment.yaml": text, "e.yaml": f"image: a:1\ntags: {{a: 1}}\n{_ROUTES}"})
    assert reading.errors == ()
    said = reading.manifest.deployment.environment
    assert isinstance(said, Environment)
    assert (said.image, said.tags) == ("a:1", {"a": "1"})


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("gone.yaml", "'gone.yaml' is not in it"),
        ("../e.yaml", "'../e.yaml' is outside the package"),
        ("/e.yaml", "'/e.yaml' is outside the package"),
        ("list.yaml", "'list.yaml' is not an environment"),
        ("text.yaml", "'text.yaml' is not an environment"),
    ],
)
def test_an_invalid_environment_file_is_refused_at_its_line(
    drop: Drop, path: str, cause: str
) -> None:
    files = {"list.yaml": "- a\n", "text.yaml": "azureml:e:1\n"}
    reading = drop({"deployment.yaml": f"name: blue\nenvironment: file:{path}\n", **files})
    [told] = reading.errors
    assert (told.file, told.line) == ("deployment.yaml", 2)
    assert cause in told.cause
    assert reading.manifest.deployment.environment is None


def test_an_environment_file_named_without_the_prefix_is_refused(drop: Drop) -> None:
    reading = drop({"deployment.yaml": "name: blue\nenvironment: e.yaml\n"})
    assert [it.remedy for it in reading.errors] == ["Write file:e.yaml, the path from this file"]
