"""Folders with one prompty: front matter, and how it is fenced."""
# ruff: noqa: E501, PIE800 - a table reads best with a case a line

from collections.abc import Iterator

type Files = dict[str, str]

CONFIGURATION = (
    "type: openai, model: gpt-4o, api_key: '${env:GRID_KEY}', base_url: '${env:GRID_URL}'"
)
NAMED = "type: openai, model: gpt-4o, connection: open_ai_connection"


def prompty(
    *,
    inputs: str = "inputs: {name: {type: string, default: Ada}}\n",
    model: str = f"model: {{api: chat, configuration: {{{CONFIGURATION}}}, parameters: {{}}}}\n",
    more: str = "name: greet\n",
    text: str = "user:\nGreet {{name}}.\n",
    **files: str,
) -> Files:
    """A prompty of one message, except for the given parts."""
    return {"greet.prompty": f"---\n{more}{model}{inputs}---\n{text}", **files}


TYPES = (
    "string",
    "int",
    "double",
    "bool",
    "list",
    "object",
    "image",
    "secret",
    "file_path",
    "str",
    "null",
)
DEFAULTS = {
    "none": "",
    "text": ", default: x",
    "number": ", default: 3",
    "empty": ", default: ''",
    "null": ", default: null",
}


def inputs() -> Iterator[tuple[str, Files]]:
    for kind in TYPES:
        for name, default in DEFAULTS.items():
            yield (
                f"input/{kind}-{name}",
                prompty(inputs=f"inputs: {{name: {{type: {kind}{default}}}}}\n"),
            )
    variations = {
        **{
            "none": "",
            "null": "inputs:\n",
            "bare": "inputs: {name: Ada}\n",
            "no-type": "inputs: {name: {default: x}}\n",
        },
        **{
            "list": "inputs: [name]\n",
            "sample": "sample: {name: Ada}\n",
            "sample-file": "sample: sample.json\n",
        },
        "sample-reference": "sample: ${file:sample.json}\n",
        "both": "inputs: {name: {type: string}}\nsample: {name: Ada}\n",
        "unused": "inputs: {name: {type: string, default: x}, z: {type: string, default: y}}\n",
    }
    for name, text in variations.items():
        yield f"inputs/{name}", prompty(inputs=text, **{"sample.json": '{"name": "Ada"}'})
    for kind in TYPES:
        yield f"output/{kind}", prompty(more=f"outputs: {{output: {{type: {kind}}}}}\n")


def models() -> Iterator[tuple[str, Files]]:
    variations = {
        "no-configuration": "api: chat, parameters: {}",
        "no-parameters": f"api: chat, configuration: {{{CONFIGURATION}}}",
        "no-api": f"configuration: {{{CONFIGURATION}}}, parameters: {{}}",
        "completion": f"api: completion, configuration: {{{CONFIGURATION}}}, parameters: {{}}",
        "wrong-api": f"api: sing, configuration: {{{CONFIGURATION}}}, parameters: {{}}",
        "extra": f"api: chat, nonsense: 1, configuration: {{{CONFIGURATION}}}, parameters: {{}}",
        "named": f"api: chat, configuration: {{{NAMED}}}, parameters: {{}}",
        "named-and-key": f"api: chat, configuration: {{{NAMED}, api_key: x}}, parameters: {{}}",
        "azure-named": "api: chat, configuration: {type: azure_openai, azure_deployment: gpt-4o, "
        "connection: open_ai_connection}, parameters: {}",
        "no-type": "api: chat, configuration: {model: gpt-4o, api_key: x}, parameters: {}",
        "wrong-type": "api: chat, configuration: {type: lama, model: x}, parameters: {}",
        "nothing": "api: chat, configuration: {}, parameters: {}",
        "no-model": "api: chat, configuration: {type: openai, api_key: '${env:GRID_KEY}', "
        "base_url: '${env:GRID_URL}'}, parameters: {}",
        "configuration-text": "api: chat, configuration: openai, parameters: {}",
        "parameters": f"api: chat, configuration: {{{CONFIGURATION}}}, parameters: {{max_tokens: 9}}",
        "parameters-null": f"api: chat, configuration: {{{CONFIGURATION}}}, parameters: null",
        "response-all": f"api: chat, response: all, configuration: {{{CONFIGURATION}}}, parameters: {{}}",
        "tools": f"api: chat, configuration: {{{CONFIGURATION}}}, parameters: {{tools: [{{type: function, "
        "function: {name: f, parameters: {type: object, properties: {}}}}]}",
        "stream": f"api: chat, configuration: {{{CONFIGURATION}}}, parameters: {{stream: true}}",
        "json": f"api: chat, configuration: {{{CONFIGURATION}}}, parameters: "
        "{response_format: {type: json_object}}",
    }
    for name, text in variations.items():
        yield f"model/{name}", prompty(model=f"model: {{{text}}}\n")
    yield "model/none", prompty(model="")
    yield "model/null", prompty(model="model:\n")
    taken = (
        "environment_variables: {GRID_K: '${open_ai_connection.api_key}', "
        "GRID_U: '${open_ai_connection.base_url}'}\n"
        "model: {api: chat, configuration: {type: openai, model: gpt-4o, api_key: '${env:GRID_K}', "
        "base_url: '${env:GRID_U}'}, parameters: {}}\n"
    )
    yield "model/environment-of-a-connection", prompty(model=taken)


def texts() -> Iterator[tuple[str, Files]]:
    plain = prompty()["greet.prompty"]
    variations = {
        "plain": plain,
        "four-dashes": plain.replace("---", "----"),
        "crlf": plain.replace("\n", "\r\n"),
        "no-fence": "user:\nhello\n",
        "one-fence": "---\nname: x\nuser:\nhello\n",
        "spaces-behind": plain.replace("---\n", "--- \n"),
        "empty": "",
        "text-before": f"hello\n{plain}",
        "dashes-in-text": f"{plain}\n---\nmore\n",
        "front-matter-list": plain.replace("name: greet", "- greet").split("model:", maxsplit=1)[0]
        + "---\nuser:\nx\n",
        "bad-yaml": plain.replace("name: greet", "name: [greet"),
    }
    for name, text in variations.items():
        yield f"text/{name}", {"greet.prompty": text}
    templates = {
        **{
            "roleless": "Greet {{name}}.\n",
            "broken": "user:\n{{name\n",
            "other": "user:\n{{other}}\n",
        },
        **{
            "empty": "",
            "system": "system:\nBe kind.\nuser:\n{{name}}\n",
            "filter": "user:\n{{ name | nope }}\n",
        },
    }
    for name, text in templates.items():
        yield f"template/{name}", prompty(text=text)
    yield "folder/two", {**prompty(), "other.prompty": plain}
    yield "folder/below", {"sub/greet.prompty": plain}
    yield "folder/below-too", {**prompty(), "sub/other.prompty": plain}
    yield "folder/upper", {"GREET.PROMPTY": plain}
    yield "folder/beside-dag", {**prompty(), "flow.dag.yaml": "inputs: {}\n"}
    yield "folder/beside-python", prompty(**{"x.py": "x = 1\n"})
    yield "top/variables", prompty(more="environment_variables: {GRID: x}\n")
    yield "top/number-name", prompty(more="name: 3\n")


def cases() -> Iterator[tuple[str, Files]]:
    """All prompties."""
    for part in (inputs, models, texts):
        yield from part()
