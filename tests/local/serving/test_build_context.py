"""Dockerfiles: parsed, followed and refused instructions."""

from pathlib import Path

import pytest

from local.serving.dockerfile import DockerfileError, read
from local.serving.overlay import Overlays
from local.serving.pip_install import PipInstall
from local.serving.recipe import Recipe, follow
from local.serving.requirement_files import remove_runtime, requirement_files


def followed(tmp_path: Path, dockerfile: str, **files: str) -> Recipe:
    context = tmp_path / "context"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(dockerfile)
    for name, text in files.items():
        (context / f"{name}.txt").write_text(text)
    return follow(context, "Dockerfile", tmp_path / "root")


def test_continued_lines_comments_and_case_are_parsed_as_by_docker() -> None:
    text = "# a comment\nfrom image\n\nRUN pip install \\\n# between\n  -r a.txt \\\n  -r b.txt\n"
    assert [(each.line, each.name, each.rest) for each in read(text)] == [
        (2, "FROM", "image"),
        (4, "RUN", "pip install -r a.txt -r b.txt"),
    ]


@pytest.mark.parametrize(
    ("dockerfile", "why"),
    [
        ("", "empty"),
        ("RUN pip install x\nFROM image\n", "line 1: no build stage"),
        ("FROM image\nINSTALL x\n", "line 2: unknown instruction: INSTALL"),
        ("FROM image\nRUN\n", "line 2: RUN needs an argument"),
        ("FROM image\nRUN <<EOF\npip install x\nEOF\n", "here-documents"),
        ("FROM image\nCOPY missing.txt /\n", "missing.txt is not in the context"),
        ("FROM image\nCOPY ../secret.txt /\n", "lies outside the context"),
        ("FROM image\nCOPY requirements.txt ../x/\n", "a path with .."),
    ],
)
def test_invalid_dockerfile_is_refused_with_its_line(
    tmp_path: Path, dockerfile: str, why: str
) -> None:
    (tmp_path / "secret.txt").write_text("not yours")
    with pytest.raises(DockerfileError, match=why):
        followed(tmp_path, dockerfile, requirements="x")


def test_missing_dockerfile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DockerfileError, match="other/Dockerfile is not in the context"):
        follow(tmp_path, "other/Dockerfile", tmp_path / "root")


@pytest.mark.parametrize(
    "command",
    [
        "pip install -r requirements.txt",
        "pip3 install --no-cache-dir --upgrade -r requirements.txt",
        "python -m pip install -r requirements.txt",
        "/opt/bin/python3.11 -m pip install -r /app/requirements.txt",
        '["pip", "install", "-r", "requirements.txt"]',
        "cd / && cd app && pip install -r requirements.txt",
        "apt-get update && pip install pip && pip install -r requirements.txt",
    ],
)
def test_each_form_of_pip_install_is_recognised(tmp_path: Path, command: str) -> None:
    dockerfile = f"FROM image\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    recipe = followed(tmp_path, dockerfile, requirements="emoji\n")
    (install,) = recipe.installs
    assert [path.read_text() for path in requirement_files(install)] == ["emoji\n"]


def test_variables_are_set_and_ignored_instructions_are_logged(tmp_path: Path) -> None:
    dockerfile = 'FROM image\nENV A=1 B="two words"\nENV C three four\nEXPOSE 80\nRUN echo hi\n'
    recipe = followed(tmp_path, dockerfile)
    assert recipe.variables == {"A": "1", "B": "two words", "C": "three four"}
    assert recipe.installs == []
    assert " ---> not run here: echo hi" in recipe.log
    assert " ---> ignored: it does not affect serving" in recipe.log


def test_second_stage_starts_empty(tmp_path: Path) -> None:
    dockerfile = "FROM one\nENV A=1\nRUN pip install x\nFROM two\nENV B=2\n"
    recipe = followed(tmp_path, dockerfile)
    assert (recipe.variables, recipe.installs) == ({"B": "2"}, [])


def test_only_the_runtimes_own_packages_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(
        "promptflow\npromptflow-tools==1.4\nPromptFlow[azure]>=1\nemoji\npromptflowish\n"
    )
    assert remove_runtime(path) == [
        "promptflow",
        "promptflow-tools==1.4",
        "PromptFlow[azure]>=1",
    ]
    assert path.read_text() == "emoji\npromptflowish\n"


def test_overlay_name_depends_on_all_its_inputs(tmp_path: Path) -> None:
    overlays = Overlays(tmp_path / "o", tmp_path / "venv", tmp_path / "w", {})

    def place(folder: str, **files: str) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / folder / f"{name}.txt").write_text(text)
        return overlays.place([PipInstall(("-r", "requirements.txt"), tmp_path / folder)])

    one = place("one", requirements="-r more.txt\n", more="emoji==1\n")
    assert place("two", requirements="-r more.txt\n", more="emoji==1\n") == one
    assert place("three", requirements="-r more.txt\n", more="emoji==2\n") != one
    assert overlays.place([PipInstall(("emoji",), tmp_path)]) != one


def test_cd_applies_to_its_own_instruction_only(tmp_path: Path) -> None:
    recipe = followed(tmp_path, "FROM image\nRUN cd /app && pip install a\nRUN pip install b\n")
    assert [it.folder for it in recipe.installs] == [recipe.root / "app", recipe.root]


def test_overlay_name_depends_on_local_wheels(tmp_path: Path) -> None:
    overlays = Overlays(tmp_path / "o", tmp_path / "venv", tmp_path / "w", {})
    (tmp_path / "requirements.txt").write_text("./a.whl ; python_version > '3'\n-e ./lib[x]\n")
    (tmp_path / "lib").mkdir()

    def place(wheel: str, source: str) -> Path:
        (tmp_path / "a.whl").write_text(wheel)
        (tmp_path / "lib" / "b.py").write_text(source)
        return overlays.place([PipInstall(("-r", "requirements.txt"), tmp_path)])

    assert len({place("1", "1"), place("2", "1"), place("1", "2")}) == 3
