"""The samples that are meant to be deployed are, as far as their files tell."""

from pathlib import Path

import pytest

from shared.package.reading import read

SAMPLES = Path("samples")
DEPLOYED = {
    "agent-container": "custom_container",
    "agent-script": "scoring_script",
    "chat": "prompt_flow",
    "container": "custom_container",
    "flex": "prompt_flow",
    "hello": "prompt_flow",
    "script": "scoring_script",
}


@pytest.mark.parametrize(("sample", "kind"), sorted(DEPLOYED.items()))
def test_a_sample_is_of_its_kind_and_without_faults(sample: str, kind: str) -> None:
    reading = read(SAMPLES / sample)
    assert reading.content is not None
    assert reading.content.kind_name == kind
    assert reading.errors == ()


def test_both_forms_of_the_workflow_are_the_same() -> None:
    container, script = SAMPLES / "agent-container", SAMPLES / "agent-script" / "src"
    assert (container / "workflow.py").read_text() == (script / "workflow.py").read_text()
