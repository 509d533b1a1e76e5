"""Flex flows of the grid: signatures, annotations, answers, entries, classes, flow files."""
# ruff: noqa: E501, PIE800 - a table reads best with a case a line

from collections.abc import Iterator

type Files = dict[str, str]

HEAD = """\
import dataclasses, enum, typing
from collections.abc import Iterator
from typing import Any, AsyncIterator, Dict, Generator, List, Literal, Optional, TypedDict, Union
from pydantic import BaseModel
from promptflow.connections import AzureOpenAIConnection, CustomConnection, OpenAIConnection
from promptflow.core import AzureOpenAIModelConfiguration, OpenAIModelConfiguration
from promptflow.contracts.multimedia import Image
from promptflow.tracing import trace


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int = 0


@dataclasses.dataclass
class Deep:
    x: List[int] = None


class Typed(TypedDict):
    a: str


class TypedDeep(TypedDict):
    a: List[str]


class Model(BaseModel):
    a: str = "x"


"""
ANNOTATIONS = (
    *("str", "int", "float", "bool", "list", "dict", "Any", "object", "None", "tuple", "set"),
    *(
        "'str'",
        "'int'",
        "'dict'",
        "'Any'",
        "'List[dict]'",
        "Dict",
        "List",
        "List[dict]",
        "list[int]",
    ),
    *(
        "Dict[str, int]",
        "dict[str, int]",
        "Optional[str]",
        "Optional[dict]",
        "str | None",
        "dict | None",
    ),
    *(
        "Optional[List[int]]",
        "Union[int, str]",
        "Union[dict, list]",
        "Literal['a']",
        "Colour",
        "Point",
    ),
    *(
        "Typed",
        "Model",
        "Image",
        "bytes",
        "typing.Callable",
        "OpenAIConnection",
        "CustomConnection",
    ),
    *("OpenAIModelConfiguration", "Union[AzureOpenAIModelConfiguration, OpenAIModelConfiguration]"),
    *("Optional[OpenAIConnection]", "Union[AzureOpenAIConnection, OpenAIConnection]"),
)
ANSWERS = (
    *(
        "str",
        "'str'",
        "int",
        "float",
        "bool",
        "list",
        "dict",
        "Any",
        "object",
        "None",
        "tuple",
        "bytes",
    ),
    *("List[str]", "list[str]", "Dict[str, str]", "dict[str, str]", "Optional[str]", "str | None"),
    *("Optional[dict]", "Iterator[str]", "Generator[str, None, None]", "AsyncIterator[str]"),
    *("Point", "'Point'", "Deep", "Typed", "'Typed'", "TypedDeep", "Model", "'Model'", "Colour"),
    *(
        "Literal['a']",
        "Union[str, dict]",
        "Image",
        "'dict'",
        "Optional[Typed]",
        "type",
        "Union[Point, Typed]",
    ),
)


def flex(source: str, *, entry: str = "m:f", more: str = "", **files: str) -> Files:
    """A flex flow of one module."""
    return {"flow.flex.yaml": f"entry: {entry}\n{more}", "m.py": source, **files}


def annotated() -> Iterator[tuple[str, Files]]:
    for each in ANNOTATIONS:
        yield f"parameter/{each}", flex(f"{HEAD}def f(q: {each}):\n    return 'x'\n")
        yield (
            f"init/{each}",
            flex(
                f"{HEAD}class C:\n    def __init__(self, k: {each}):\n        self.k = k\n"
                "    def __call__(self, q: str = 'x'):\n        return 'x'\n",
                entry="m:C",
                more="sample: {init: {k: x}}\n",
            ),
        )
    for each in ANSWERS:
        yield f"answer/{each}", flex(f"{HEAD}def f(q: str = 'x') -> {each}:\n    return 'x'\n")
    for each in ("str", "dict", "int"):
        future = f"from __future__ import annotations\ndef f(q: {each}):\n    return 'x'\n"
        yield f"future/parameter-{each}", flex(future)
        future = f"from __future__ import annotations\ndef f(q) -> {each}:\n    return 'x'\n"
        yield f"future/answer-{each}", flex(future)
    yield "future/nothing", flex("from __future__ import annotations\ndef f(q):\n    return 'x'\n")
    for default in ("3", "'x'", "None", "[]", "{}", "True", "1.5", "()", "Colour.RED", "object()"):
        yield f"parameter-default/{default}", flex(f"{HEAD}def f(q={default}):\n    return 'x'\n")
    for each in ("str", "int", "list", "dict", "List[dict]", "Optional[int]"):
        source = f"{HEAD}def f(q: {each} = None):\n    return 'x'\n"
        yield f"parameter-none/{each}", flex(source)


SIGNATURES = {
    **{"none": "def f():", "plain": "def f(q):", "two": "def f(q, r):", "kwargs": "def f(**q):"},
    **{"args": "def f(*q):", "keyword": "def f(*, q):", "positional": "def f(q, /):"},
    **{"kwargs-beside": "def f(q, **more):", "typed-kwargs": "def f(q: str, **more: int):"},
    **{"typed-args": "def f(q: str, *more: List[int]):", "async": "async def f(q):"},
    **{
        "self": "def f(self, q):",
        "traced": "@trace\ndef f(q):",
        "cached": "@typing.no_type_check\ndef f(q):",
    },
}
MODULES = {
    "imported": "from near import f\n",
    "imported-as": "from near import g as f\n",
    "starred": "from near import *\n",
    "assigned": "def g(q): return 'x'\nf = g\n",
    "lambda": "f = lambda q: 'x'\n",
    "partial": "import functools\ndef g(q, r): return 'x'\nf = functools.partial(g, r=1)\n",
    "value": "f = 3\n",
    "instance": "class C:\n    def __call__(self, q): return 'x'\nf = C()\n",
    "in-if": "if True:\n    def f(q): return 'x'\n",
    "in-try": "try:\n    def f(q): return 'x'\nexcept ValueError:\n    pass\n",
    "absent": "def g(q): return 'x'\n",
    "twice": "def f(q): return 'x'\ndef f(q: 'nonsense'): return 'x'\n",
    "cached": "import functools\n@functools.cache\ndef f(q): return 'x'\n",
    "wrapped": "import functools\ndef d(g):\n    @functools.wraps(g)\n    def h(q): return g(q)\n"
    "    return h\n@d\ndef f(q): return 'x'\n",
    "syntax": "def f(q) return 1\n",
    "raises": "raise ValueError('no')\n",
    "no-module": "import not_there_at_all\ndef f(q): return 'x'\n",
    "exit": "import sys\nsys.exit(3)\n",
    "generator": "def f(q):\n    yield 'a'\n    yield 'b'\n",
    "dict": "def f(q):\n    return {'a': 1}\n",
    "none": "def f(q):\n    return None\n",
    "list": "def f(q):\n    return [1]\n",
    "nan": "def f(q):\n    return {'a': float('nan')}\n",
    "tool": "from promptflow.core import tool\n@tool\ndef f(q): return 'x'\n",
    "empty": "",
}
ENTRIES = (
    *(
        "m:f",
        "m.py:f",
        "./m:f",
        "m",
        "m.f",
        ":f",
        "m:",
        "m:f:g",
        "m:f()",
        "''",
        "null",
        "3",
        "[m, f]",
    ),
    *(
        "sub.n:f",
        "sub/n:f",
        "pkg:f",
        "'m: f'",
        "' m:f'",
        "M:f",
        "json:dumps",
        "os.path:join",
        "nope:f",
        "m:C.f",
    ),
)


def shapes() -> Iterator[tuple[str, Files]]:
    for name, head in SIGNATURES.items():
        yield f"signature/{name}", flex(f"{HEAD}{head}\n    return 'x'\n")
    near = "def f(q): return 'x'\ndef g(q): return 'x'\n"
    for name, source in MODULES.items():
        yield f"module/{name}", flex(source, **{"near.py": near})
    plain = "def f(q):\n    return 'x'\nclass C:\n    def __init__(self): pass\n    def f(self, q): return 'x'\n"
    for entry in ENTRIES:
        yield (
            f"entry/{entry}",
            flex(plain, entry=entry, **{"sub/n.py": near, "pkg/__init__.py": near}),
        )


CALL = "    def __call__(self, q: str = 'x'):\n        return 'x'\n"
CLASSES = {
    "no-init": f"class C:\n{CALL}",
    "init": f"class C:\n    def __init__(self):\n        pass\n{CALL}",
    "init-default": f"class C:\n    def __init__(self, k: str = 'x'):\n        pass\n{CALL}",
    "init-none": f"class C:\n    def __init__(self, k: str = None):\n        pass\n{CALL}",
    "init-needed": f"class C:\n    def __init__(self, k: str):\n        pass\n{CALL}",
    "init-bare": f"class C:\n    def __init__(self, k):\n        pass\n{CALL}",
    "init-bare-default": f"class C:\n    def __init__(self, k=3):\n        pass\n{CALL}",
    "init-kwargs": f"class C:\n    def __init__(self, **k):\n        pass\n{CALL}",
    "init-self-typed": f"class C:\n    def __init__(self: 'C'):\n        pass\n{CALL}",
    "init-answers": f"class C:\n    def __init__(self) -> None:\n        pass\n{CALL}",
    "base-init": f"class B:\n    def __init__(self):\n        pass\nclass C(B):\n{CALL}",
    "base-no-init": f"class B:\n    pass\nclass C(B):\n{CALL}",
    "base-call": f"class B:\n    def __init__(self):\n        pass\n{CALL}class C(B):\n    pass\n",
    "imported-base": f"from near import B\nclass C(B):\n{CALL}",
    "imported-class": "from near import C\n",
    "dataclass": f"import dataclasses\n@dataclasses.dataclass\nclass C:\n    k: str = 'x'\n{CALL}",
    "dataclass-empty": f"import dataclasses\n@dataclasses.dataclass\nclass C:\n{CALL}",
    "pydantic": f"from pydantic import BaseModel\nclass C(BaseModel):\n    k: str = 'x'\n{CALL}",
    "no-call": "class C:\n    def __init__(self):\n        pass\n",
    "async-call": "class C:\n    def __init__(self): pass\n    async def __call__(self, q='x'): return 'x'\n",
    "static-call": "class C:\n    def __init__(self): pass\n    @staticmethod\n"
    "    def __call__(q='x'): return 'x'\n",
    "assigned-call": "class C:\n    def __init__(self): pass\n    def g(self, q='x'): return 'x'\n"
    "    __call__ = g\n",
    "call-answers": "class C:\n    def __init__(self): pass\n    def __call__(self, q) -> dict: return {}\n",
    "call-parameter": "from typing import List\nclass C:\n    def __init__(self): pass\n"
    "    def __call__(self, q: List[str]): return {}\n",
    "init-raises": f"class C:\n    def __init__(self):\n        raise ValueError('no')\n{CALL}",
    "traced-call": "from promptflow.tracing import trace\nclass C:\n    def __init__(self): pass\n"
    "    @trace\n    def __call__(self, q='x'): return 'x'\n",
    "traced-init": "from promptflow.tracing import trace\nclass C:\n    @trace\n"
    "    def __init__(self): pass\n    def __call__(self, q='x'): return 'x'\n",
    "in-if": f"if True:\n    class C:\n        def __init__(self): pass\n{CALL.replace('    ', '        ', 1)}",
}


def classes() -> Iterator[tuple[str, Files]]:
    near = f"class B:\n    def __init__(self): pass\nclass C(B):\n{CALL}"
    for name, source in CLASSES.items():
        yield f"class/{name}", flex(source, entry="m:C", **{"near.py": near})
    needed, given = CLASSES["init-needed"], "sample: {init: {k: x}}\n"
    yield "class/init-sample", flex(needed, entry="m:C", more=given)
    yield (
        "class/init-sample-extra",
        flex(needed, entry="m:C", more="sample: {init: {k: x, z: 1}}\n"),
    )
    yield "class/init-sample-other", flex(needed, entry="m:C", more="sample: {init: {z: 1}}\n")
    yield (
        "class/init-file-default",
        flex(needed, entry="m:C", more="init: {k: {type: string, default: x}}\n"),
    )
    yield (
        "class/init-file-empty",
        flex(needed, entry="m:C", more="init: {k: {type: string, default: ''}}\n"),
    )
    yield "class/init-file-wrong", flex(needed, entry="m:C", more="init: {k: {type: nonsense}}\n")
    yield "class/init-bare-sample", flex(CLASSES["init-bare"], entry="m:C", more=given)


KINDS = (
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
GIVEN = {
    **{"none": "", "empty": ", default: ''", "null": ", default: null", "text": ", default: x"},
    **{
        "number": ", default: 3",
        "list": ", default: [1]",
        "list-text": ", default: '[1]'",
        "bool": ", default: true",
    },
}


def file_inputs() -> Iterator[tuple[str, Files]]:
    """Inputs and outputs in the flow file, beside a signature without annotations."""
    for kind in KINDS:
        for name, default in GIVEN.items():
            yield (
                f"file-input/{kind}-{name}",
                flex(
                    "def f(q=None):\n    return 'x'\n",
                    more=f"inputs: {{q: {{type: {kind}{default}}}}}\n",
                ),
            )
    for kind in KINDS:
        yield (
            f"file-output/{kind}",
            flex(
                "def f(q='x'):\n    return 'x'\n", more=f"outputs: {{output: {{type: {kind}}}}}\n"
            ),
        )
    more = {
        "input-unknown": "inputs: {z: {type: string}}\n",
        "input-unknown-default": "inputs: {z: {type: string, default: x}}\n",
        "input-no-type": "inputs: {q: {default: x}}\n",
        "input-text": "inputs: {q: string}\n",
        "inputs-null": "inputs:\n",
        "inputs-list": "inputs: [q]\n",
        "output-no-type": "outputs: {output: {description: x}}\n",
        "sample": "sample: {inputs: {q: x}}\n",
        "sample-null": "sample:\n",
        "sample-text": "sample: x\n",
        "sample-list": "sample: [x]\n",
        "variables": "environment_variables: {GRID: x}\n",
        "variables-reference": "environment_variables: {GRID: '${open_ai_connection.api_key}'}\n",
        "variables-unknown": "environment_variables: {GRID: '${nope.key}'}\n",
        "init-unknown": "init: {k: {type: string, default: x}}\n",
        "code": "code: .\n",
        "code-sub": "code: sub\n",
        "language": "language: csharp\n",
        "nodes": "nodes: []\n",
    }
    for name, text in more.items():
        yield (
            f"file/{name}",
            flex(
                "def f(q: str = 'x'):\n    return 'x'\n",
                more=text,
                **{"sub/m.py": "def f(q): return 'y'\n"},
            ),
        )
    yield "file/no-entry", {"flow.flex.yaml": "inputs: {}\n"}
    yield "file/in-dag", {"flow.dag.yaml": "entry: m:f\n", "m.py": "def f(q='x'): return 'x'\n"}
    typed = "def f(q: int):\n    return 'x'\n"
    yield "file/input-other-type", flex(typed, more="inputs: {q: {type: string, default: x}}\n")


def cases() -> Iterator[tuple[str, Files]]:
    """All flex flows."""
    for part in (annotated, shapes, classes, file_inputs):
        yield from part()
