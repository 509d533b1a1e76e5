"""The sample that a script itself tells."""

from typing import Any

import pytest

from tests.unit.kinds.scoring_script.reader import CONDA, read

_INIT = "def init():\n    pass\n\n\n"


@pytest.mark.parametrize(
    ("source", "sample"),
    [
        (
            (
                "import numpy as np\nIT = np.array([[1, 2]])\n"
                "@input_schema('data', NumpyParameterType(IT))\ndef run(data):\n    return 1\n"
            ),
            {"data": [[1, 2]]},
        ),
        (
            (
                "@input_schema(param_name='a', param_type=StandardPythonParameterType({'x': "
                "1}))\n"
                "@input_schema('b', StandardPythonParameterType('hello'))\n"
                "@output_schema(StandardPythonParameterType(1))\n"
                "def run(a, b):\n    return 1\n"
            ),
            {"a": {"x": 1}, "b": "hello"},
        ),
        (
            'def run(raw):\n    """Answer.\n\n    Takes {name}, like {"name": "Ada"}.\n    """\n',
            {"name": "Ada"},
        ),
        ('def run(raw):\n    """Answer {anything}."""\n', None),
        ("@input_schema('data', made_elsewhere)\ndef run(data):\n    return 1\n", None),
        ("from work import run\n", None),
    ],
)
def test_a_sample_in_the_script(source: str, sample: dict[str, Any] | None) -> None:
    content, _ = read({"score.py": f"{_INIT}{source}", "conda.yaml": CONDA})
    assert content.sample == sample


@pytest.mark.parametrize(
    ("text", "sample"),
    [('{"data": [[1, 2]]}', {"data": [[1, 2]]}), ("[1, 2]", None), ("{", None), ("{}", None)],
)
def test_a_sample_in_a_file_of_its_own(text: str, sample: dict[str, Any] | None) -> None:
    files = {"score.py": f"{_INIT}def run(raw):\n    return 1\n", "conda.yaml": CONDA}
    assert read({**files, "sample-request.json": text})[0].sample == sample
    told = f'{_INIT}def run(raw):\n    """Like {{"a": 1}}."""\n'
    content, _ = read({**files, "score.py": told, "sample-request.json": text})
    assert content.sample == {"a": 1}, "what the script tells goes first"


def test_a_docstring_of_braces_is_not_searched_for_long() -> None:
    source = f"{_INIT}def run(raw):\n    '''{'{' * 50_000}'''\n"
    assert read({"score.py": source, "conda.yaml": CONDA})[0].sample is None
