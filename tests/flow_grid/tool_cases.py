"""Dag flows of the grid whose tools vary: decorators, parameters, and inputs of the node."""
# ruff: noqa: E501, PIE800 - a table reads best with a case a line

from collections.abc import Iterator

from tests.flow_grid.dag_cases import Files, flow

HEAD = """\
import dataclasses, enum, typing
from typing import Any, Dict, List, Literal, Optional, Union
from promptflow.connections import AzureOpenAIConnection, CustomConnection, OpenAIConnection
from promptflow.contracts.multimedia import Image
from promptflow.contracts.types import FilePath, PromptTemplate, Secret
from promptflow.core import ToolProvider, tool


class Colour(enum.Enum):
    RED = "red"


class Shade(str, enum.Enum):
    DARK = "dark"


@dataclasses.dataclass
class Point:
    x: int = 0


"""
ANNOTATIONS = (
    *("str", "int", "float", "bool", "list", "dict", "Any", "object", "'str'", "'int'", "None"),
    *("List[dict]", "list[int]", "Dict[str, int]", "Optional[str]", "str | None", "Optional[int]"),
    *("int | None", "Union[int, str]", "Literal['a']", "Colour", "Shade", "Point", "tuple", "set"),
    *("FilePath", "Secret", "PromptTemplate", "Image", "typing.Callable"),
    *(
        "OpenAIConnection",
        "AzureOpenAIConnection",
        "Union[AzureOpenAIConnection, OpenAIConnection]",
    ),
    *("Optional[OpenAIConnection]", "OpenAIConnection | None", "'OpenAIConnection'"),
)
VALUES = {"text": "hello", "number": "3", "list": "[1]", "name": "open_ai_connection"}
NODE = "- {name: a, type: python, source: {type: code, path: a.py}, inputs: {%s}}"


def annotations() -> Iterator[tuple[str, Files]]:
    for annotation in ANNOTATIONS:
        for name, value in VALUES.items():
            source = f"{HEAD}@tool\ndef run(q: {annotation}):\n    return str(type(q))\n"
            yield f"literal/{annotation}-{name}", flow(nodes=NODE % f"q: {value}", tool=source)
    for default in ("3", "'x'", "[]", "None", "True", "Colour.RED", "1.5"):
        for name, value in VALUES.items():
            source = f"{HEAD}@tool\ndef run(q={default}):\n    return str(type(q))\n"
            yield f"literal-default/{default}-{name}", flow(nodes=NODE % f"q: {value}", tool=source)


GIVEN = {
    "right": "q: hi",
    "none": "",
    "extra": "q: hi, z: 1",
    "misspelt": "p: hi",
    "null": "q: null",
    "empty": "q: ''",
}
SIGNATURES = {
    "one": "def run(q):\n    return str(q)\n",
    "default": "def run(q='x'):\n    return str(q)\n",
    "two": "def run(q, r=1):\n    return str(q)\n",
    "both-needed": "def run(q, p):\n    return str(q)\n",
    "kwargs": "def run(**q):\n    return str(q)\n",
    "kwargs-beside": "def run(q, **more):\n    return str(q)\n",
    "args": "def run(*q):\n    return str(q)\n",
    "keyword": "def run(*, q):\n    return str(q)\n",
    "positional": "def run(q, /):\n    return str(q)\n",
    "nothing": "def run():\n    return 'x'\n",
    "async": "async def run(q):\n    return str(q)\n",
    "generator": "def run(q):\n    yield str(q)\n",
    "async-generator": "async def run(q):\n    yield str(q)\n",
}


def signatures() -> Iterator[tuple[str, Files]]:
    for name, signature in SIGNATURES.items():
        for how, given in GIVEN.items():
            yield f"given/{name}-{how}", flow(nodes=NODE % given, tool=f"{HEAD}@tool\n{signature}")


MARKED = {
    "core": "from promptflow.core import tool\n@tool\ndef run(q): return str(q)\n",
    "alias": "from promptflow.core import tool as t\n@t\ndef run(q): return str(q)\n",
    "old": "from promptflow import tool\n@tool\ndef run(q): return str(q)\n",
    "module": "import promptflow.core as pf\n@pf.tool\ndef run(q): return str(q)\n",
    "dotted": "import promptflow.core\n@promptflow.core.tool\ndef run(q): return str(q)\n",
    "from-package": "from promptflow import core\n@core.tool\ndef run(q): return str(q)\n",
    "private": "from promptflow._core.tool import tool\n@tool\ndef run(q): return str(q)\n",
    "called": "from promptflow.core import tool\n@tool()\ndef run(q): return str(q)\n",
    "named": "from promptflow.core import tool\n@tool(name='n')\ndef run(q): return str(q)\n",
    "typed": "from promptflow.core import tool\n@tool(type='python')\ndef run(q): return str(q)\n",
    "wrong-type": "from promptflow.core import tool\n@tool(type='lua')\ndef run(q): return str(q)\n",
    "none": "def run(q): return str(q)\n",
    "two": "from promptflow.core import tool\n@tool\ndef run(q): return q\n@tool\ndef b(q): return q\n",
    "redefined": "from promptflow.core import tool\n@tool\ndef run(q): return q\n"
    "@tool\ndef run(q): return q\n",
    "nested": "from promptflow.core import tool\n@tool\ndef run(q):\n    @tool\n    def b(q): return q\n"
    "    return q\n",
    "nested-only": "from promptflow.core import tool\ndef run(q):\n    @tool\n    def b(q): return q\n",
    "assigned": "from promptflow.core import tool\ndef f(q): return str(q)\nrun = tool(f)\n",
    "assigned-twice": "from promptflow.core import tool\n@tool\ndef run(q): return q\nb = run\n",
    "lambda": "from promptflow.core import tool\nrun = tool(lambda q: q)\n",
    "in-if": "from promptflow.core import tool\nif True:\n    @tool\n    def run(q): return str(q)\n",
    "in-try": "from promptflow.core import tool\ntry:\n    @tool\n    def run(q): return str(q)\n"
    "except ValueError: pass\n",
    "in-else": "from promptflow.core import tool\nif False: pass\nelse:\n    @tool\n"
    "    def run(q): return str(q)\n",
    "own-decorator": "def tool(f): return f\n@tool\ndef run(q): return str(q)\n",
    "second-decorator": "import functools\nfrom promptflow.core import tool\n@tool\n"
    "@functools.cache\ndef run(q): return str(q)\n",
    "under-decorator": "import functools\nfrom promptflow.core import tool\n@functools.cache\n@tool\n"
    "def run(q): return str(q)\n",
    "trace": "from promptflow.core import tool\nfrom promptflow.tracing import trace\n@trace\n@tool\n"
    "def run(q): return str(q)\n",
    "tool-over-trace": "from promptflow.core import tool\nfrom promptflow.tracing import trace\n@tool\n"
    "@trace\ndef run(q): return str(q)\n",
    "trace-only": "from promptflow.tracing import trace\n@trace\ndef run(q): return str(q)\n",
    "imported": "from near import run\n",
    "starred": "from near import *\n",
    "imported-and-own": "from promptflow.core import tool\nfrom near import run as other\n@tool\n"
    "def mine(q): return str(q)\n",
    "star-decorator": "from promptflow.core import *\n@tool\ndef run(q): return str(q)\n",
    "langchain": "def tool(f): return f\nfrom promptflow.core import tool as pf_tool\n@pf_tool\n"
    "def run(q): return str(q)\n@tool\ndef b(): pass\n",
    "class": "from promptflow.core import tool, ToolProvider\nclass C(ToolProvider):\n    @tool\n"
    "    def run(self, q): return str(q)\n",
    "class-init": "from promptflow.core import tool, ToolProvider\nclass C(ToolProvider):\n"
    "    def __init__(self, k): super().__init__()\n    @tool\n    def run(self, q): return str(q)\n",
    "class-plain": "from promptflow.core import tool\nclass C:\n    @tool\n"
    "    def run(self, q): return str(q)\n",
    "class-two": "from promptflow.core import tool, ToolProvider\nclass C(ToolProvider):\n    @tool\n"
    "    def run(self, q): return str(q)\n    @tool\n    def b(self, q): return q\n",
    "class-and-function": "from promptflow.core import tool, ToolProvider\nclass C(ToolProvider):\n"
    "    @tool\n    def b(self, q): return str(q)\n@tool\ndef run(q): return q\n",
    "class-static": "from promptflow.core import tool\nclass C:\n    @staticmethod\n    @tool\n"
    "    def b(q): return q\n@tool\ndef run(q): return str(q)\n",
    "deleted": "from promptflow.core import tool\n@tool\ndef run(q): return q\ndel run\n",
    "syntax": "def run(q) return q\n",
    "raises": "from promptflow.core import tool\nraise ValueError('no')\n",
    "future": "from __future__ import annotations\nfrom promptflow.core import tool\n@tool\n"
    "def run(q: str) -> str: return q\n",
    "future-int": "from __future__ import annotations\nfrom promptflow.core import tool\n@tool\n"
    "def run(q: int) -> str: return str(q)\n",
}


def marks() -> Iterator[tuple[str, Files]]:
    near = "from promptflow.core import tool\n@tool\ndef run(q): return str(q)\n"
    for name, source in MARKED.items():
        yield f"marked/{name}", flow(tool=source, **{"near.py": near})
    init = MARKED["class-init"]
    yield "marked/class-init-given", flow(nodes=NODE % "q: hi, k: 1", tool=init)
    yield "marked/class-init-input", flow(nodes=NODE % "q: hi, k: '${inputs.q}'", tool=init)


TEMPLATES = {
    "plain": "Say {{q}}.",
    "none": "Say it.",
    "empty": "",
    "unclosed": "Say {{q",
    "if": "{% if q %}x{% endif %}",
    "broken-if": "{% if q %}x",
    "unknown-tag": "{% nope %}",
    "unknown-filter": "{{ q | nope }}",
    "other": "Say {{other}}.",
    "reserved": "Say {{template}}.",
    "comment": "{# hello #}{{q}}",
    "image": "![image]({{q}})",
    "include": "{% include 'x' %}",
    "attribute": "{{ other.name }}",
    "for": "{% for each in q %}{{each}}{% endfor %}",
}


def prompts() -> Iterator[tuple[str, Files]]:
    prompt = "- {name: a, type: prompt, source: {type: code, path: p.jinja2}, inputs: {q: '${inputs.q}'}}"
    for name, text in TEMPLATES.items():
        yield f"prompt/{name}", flow(nodes=prompt, tool=None, **{"p.jinja2": text})
    yield (
        "prompt/markdown",
        flow(nodes=prompt.replace("p.jinja2", "p.md"), tool=None, **{"p.md": "Say {{q}}"}),
    )
    yield "prompt/absent", flow(nodes=prompt, tool=None)
    llm = (
        "- {name: a, type: llm, source: {type: code, path: p.jinja2}, connection: open_ai_connection, "
        "api: chat, inputs: {model: gpt-4o, q: '${inputs.q}'}}"
    )
    variations = {
        "plain": llm,
        "provider": llm.replace("api: chat", "api: chat, provider: OpenAI"),
        "no-api": llm.replace("api: chat, ", ""),
        "no-connection": llm.replace("connection: open_ai_connection, ", ""),
        "connection-empty": llm.replace("open_ai_connection", "''"),
        "wrong-api": llm.replace("api: chat", "api: sing"),
        "completion": llm.replace("api: chat", "api: completion"),
        "embedding": llm.replace("api: chat", "api: embedding"),
        "no-model": llm.replace("model: gpt-4o, ", ""),
        "extra": llm.replace("model: gpt-4o", "model: gpt-4o, nonsense: 1"),
        "wrong-literal": llm.replace("model: gpt-4o", "model: gpt-4o, temperature: warm"),
        "right-literal": llm.replace("model: gpt-4o", "model: gpt-4o, temperature: '0.2'"),
        "max-tokens-empty": llm.replace("model: gpt-4o", "model: gpt-4o, max_tokens: ''"),
        "deployment-name": llm.replace("model: gpt-4o", "deployment_name: gpt-4o"),
        "package": llm.replace("type: code, path: p.jinja2", "type: package, tool: x"),
    }
    chat = "user:\nSay {{q}}.\n"
    for name, nodes in variations.items():
        yield f"llm/{name}", flow(nodes=nodes, tool=None, **{"p.jinja2": chat})
    templates = {
        **{"roleless": "Say {{q}}.", "broken": "user:\n{{q", "clash": "user:\n{{q}} {{model}}"},
        **{"missing": "user:\n{{q}} {{other}}", "unknown-filter": "user:\n{{ q | nope }}"},
    }
    for name, text in templates.items():
        yield f"llm/template-{name}", flow(nodes=llm, tool=None, **{"p.jinja2": text})


def cases() -> Iterator[tuple[str, Files]]:
    """All dag flows that vary in the tool, or in what a node gives it."""
    for part in (annotations, signatures, marks, prompts):
        yield from part()
