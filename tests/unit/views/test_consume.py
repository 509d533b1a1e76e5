"""The samples that call an endpoint. tests/e2e/test_look.py runs them."""

import ast
import json
import re
import shlex

import pytest

from shared.domain.azure.consume import describe_credential, samples
from shared.domain.identifiers.names import EndpointName
from shared.steps.views.consume import describe_consume
from tests.fakes.world import World

URI = "https://hello.westeurope.inference.ml.azure.com/score"
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.X/workspaces/w"
NASTY = {
    "text": 'it\'s "quoted" ${HOME} `x` \\n {braces} é 你好',
    "quotes": '"""',
    "flag": True,
    "nothing": None,
    "history": [{"inputs": {"q": ""}, "outputs": {}}],
}


def test_the_sample_request_comes_from_the_flow_that_was_released(world: World):
    world.deploy()

    shown = describe_consume(world.ports, EndpointName("hello"))

    assert shown is not None
    assert shown["sample_request"] == {"question": "hi"}
    assert set(shown["samples"]) == {"curl", "python", "csharp", "javascript"}
    assert all("ENDPOINT_KEY" in code for code in shown["samples"].values())
    assert all('"hi"' in code or "'hi'" in code for code in shown["samples"].values())


def test_curl_sends_the_same_whatever_characters_are_in_it():
    words = shlex.split(samples(URI, NASTY)["curl"].replace("\\\n", " "))

    assert json.loads(words[words.index("--data") + 1]) == NASTY
    assert URI in words


def test_python_sends_the_same_whatever_characters_are_in_it():
    (assigned, *_rest) = [
        node for node in ast.parse(samples(URI, NASTY)["python"]).body if type(node) is ast.Assign
    ]

    assert ast.literal_eval(assigned.value) == NASTY


def test_javascript_and_csharp_send_the_same_whatever_characters_are_in_it():
    code = samples(URI, NASTY)
    script = re.search(r"const data = (.*?);\n\nasync", code["javascript"], re.DOTALL)
    sharp = re.search(r'var body = """\n(.*?)\n""";', code["csharp"], re.DOTALL)

    assert script is not None
    assert json.loads(script[1]) == NASTY
    assert sharp is not None
    assert json.loads(sharp[1]) == NASTY


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("Key", "--query primaryKey"),
        ("AMLToken", "--query accessToken"),
        ("AADToken", "az account get-access-token --resource https://ml.azure.com"),
    ],
)
def test_each_auth_mode_has_its_command(mode: str, said: str):
    credential = describe_credential("hello", mode, WORKSPACE)

    assert said in credential["command"]
    assert credential["note"]
