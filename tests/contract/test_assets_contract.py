from pathlib import Path

import pytest

from shared.domain.failure import AzureFailure
from shared.domain.release.desired_environment import Routes
from tests.contract.azure_sides import FLOW, Cloud


def folder(parent: Path, name: str, content: str) -> Path:
    made = parent / name
    (made / "sub").mkdir(parents=True, exist_ok=True)
    (made / "flow.dag.yaml").write_text(content)
    (made / "sub" / "code.py").write_text("x = 1\n")
    return made


def test_a_model_is_registered_once_wherever_its_folder_is(there: Cloud, tmp_path: Path) -> None:
    name = f"model-{tmp_path.name}"
    first = there.assets.register_model(name, "1", folder(tmp_path, "flow", "a"), FLOW)
    again = there.assets.register_model(name, "1", folder(tmp_path / "again", "flow", "a"), FLOW)
    assert first == again
    assert first.endswith(f"/models/{name}/versions/1")
    assert first.startswith("/subscriptions/")
    assert there.workspace.has_model(name, "1")
    assert not there.workspace.has_model(name, "2")


def test_the_same_content_may_be_registered_under_two_names(there: Cloud, tmp_path: Path) -> None:
    content = folder(tmp_path, "flow", "shared")
    for name in (f"one-{tmp_path.name}", f"two-{tmp_path.name}"):
        found = there.assets.register_model(name, "1", content, FLOW)
        assert found.endswith(f"/models/{name}/versions/1")


def test_a_registered_version_cannot_change_its_content(there: Cloud, tmp_path: Path) -> None:
    name = f"other-{tmp_path.name}"
    there.assets.register_model(name, "1", folder(tmp_path, "flow", "a"), FLOW)
    with pytest.raises(AzureFailure):
        there.assets.register_model(name, "1", folder(tmp_path, "flow", "b"), FLOW)


def test_a_model_may_be_one_file(there: Cloud, tmp_path: Path) -> None:
    name = f"file-{tmp_path.name}"
    (tmp_path / "fit.pkl").write_text("fit")
    assert there.assets.register_model(name, "1", tmp_path / "fit.pkl", {}).endswith("/versions/1")
    assert there.workspace.has_model(name, "1")


def test_code_is_registered_once(there: Cloud, tmp_path: Path) -> None:
    name = f"code-{tmp_path.name}"
    assert not there.workspace.has_code(name, "1")
    found = {
        there.assets.register_code(name, "1", folder(tmp_path / place, "src", "a"))
        for place in ("here", "there")
    }
    [one] = found
    assert one.endswith(f"/codes/{name}/versions/1")
    assert there.workspace.has_code(name, "1")
    with pytest.raises(AzureFailure):
        there.assets.register_code(name, "1", folder(tmp_path, "src", "b"))


def test_an_environment_of_code_has_a_conda_file_and_no_routes(
    there: Cloud, tmp_path: Path
) -> None:
    name = f"conda-{tmp_path.name}"
    there.assets.register_environment(
        name, "1", image="scripts:1", requirements=None, conda="dependencies: []", runs_code=True
    )
    found = there.workspace.environment(name, "1")
    assert found is not None
    assert not found.serves
    routed = f"routed-{tmp_path.name}"
    there.assets.register_environment(
        routed, "1", image="scripts:1", requirements=None, routes=Routes(), runs_code=True
    )
    found = there.workspace.environment(routed, "1")
    assert found is not None
    assert found.serves, "routes that are asked for are sent"


@pytest.mark.parametrize("requirements", [None, "requests==2.32.0\n"])
def test_an_environment_is_registered_once(
    there: Cloud, tmp_path: Path, requirements: str | None
) -> None:
    name = f"env-{tmp_path.name}"
    ids = {
        there.assets.register_environment(name, "1", image="flows:1", requirements=requirements)
        for _ in range(2)
    }
    [found] = ids
    assert found.endswith(f"/environments/{name}/versions/1")
    assert there.workspace.has_environment(name, "1")
