"""Image inputs with a file as default: the sample holds the file's content."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from shared.domain.azure.consume import shorten_images
from shared.domain.kinds.prompt_flow import Flow, sample_input
from shared.package import Reading, read

FLOW = """\
inputs:
  picture:
    type: {type}
    default: {default}
outputs:
  answer: {{type: string, reference: "${{look.output}}"}}
nodes:
- name: look
  type: python
  source: {{type: code, path: look.py}}
  inputs: {{picture: "${{inputs.picture}}"}}
"""
TOOL = "from promptflow.core import tool\n\n\n@tool\ndef look(picture): ...\n"
BYTES = b"\x89PNG and so on"
CONTENT = b64encode(BYTES).decode()


def _read(folder: Path, kind: str, default: str) -> Reading:
    (folder / "flow.dag.yaml").write_text(FLOW.format(type=kind, default=default))
    (folder / "look.py").write_text(TOOL)
    (folder / "img").mkdir()
    for name in ("logo.png", "img/a.jpg"):
        (folder / name).write_bytes(BYTES)
    return read(folder)


def _sample(reading: Reading) -> Any:
    assert isinstance(reading.content, Flow)
    return sample_input(reading.content)["picture"]


@pytest.mark.parametrize(
    ("kind", "default", "sample"),
    [
        ("image", "logo.png", {"data:image/png;base64": CONTENT}),
        ("image", "./img/a.jpg", {"data:image/jpeg;base64": CONTENT}),
        ("image", '{"data:image/png;path": logo.png}', {"data:image/png;base64": CONTENT}),
        (
            "list",
            '[look, {"data:image/png;path": logo.png}]',
            ["look", {"data:image/png;base64": CONTENT}],
        ),
        (
            "list",
            "[{type: image_file, image_file: {path: logo.png}}]",
            [
                {
                    "type": "image_url",
                    "image_url": {"url": f"data:image/png;base64,{CONTENT}"},
                }
            ],
        ),
    ],
)
def test_the_sample_carries_the_content_of_the_file(
    tmp_path: Path, kind: str, default: str, sample: Any
) -> None:
    reading = _read(tmp_path, kind, default)
    assert _sample(reading) == sample
    (warning,) = reading.findings
    assert (warning.severity, warning.line) == ("warning", 4)
    assert "data:image/png;base64" in warning.remedy


def test_a_missing_image_is_reported_and_a_pixel_is_sent(tmp_path: Path) -> None:
    reading = _read(tmp_path, "image", "none.png")
    assert "is not in the package" in reading.findings[0].cause
    assert list(_sample(reading)) == ["data:image/png;base64"]


@pytest.mark.parametrize("default", ["https://example.org/a.png", "iVBORw0KGgo="])
def test_an_image_given_as_url_or_content_stays_as_it_is(tmp_path: Path, default: str) -> None:
    reading = _read(tmp_path, "image", default)
    assert reading.findings == ()
    assert _sample(reading) == default


def test_a_result_shows_the_length_of_an_image_instead_of_its_content() -> None:
    request = {"picture": {"data:image/png;base64": "A" * 5_000}, "words": ["short"]}
    shown = shorten_images(request)
    assert len(json.dumps(shown)) < 200
    assert shown["words"] == ["short"]
