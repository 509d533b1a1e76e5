"""Dag flows of the grid: one thing varies in each, the rest is plain."""
# ruff: noqa: E501, PIE800 - a table reads best with a case a line

from collections.abc import Iterator
from textwrap import indent

type Files = dict[str, str]

TOOL = "from promptflow.core import tool\n\n\n@tool\ndef run(q):\n    return str(q)\n"
NODE = "- {name: a, type: python, source: {type: code, path: a.py}, inputs: {q: '${inputs.q}'}}"


def flow(
    *,
    inputs: str = "  q: {type: string, default: hi}",
    outputs: str = "  answer: {type: string, reference: '${a.output}'}",
    nodes: str = NODE,
    more: str = "",
    tool: str | None = TOOL,
    **files: str,
) -> Files:
    """A flow of one node, except for the given parts."""
    parts = {"inputs": inputs, "outputs": outputs, "nodes": nodes}
    text = "".join(f"{key}:\n{part}\n" for key, part in parts.items() if part is not None)
    source = {"a.py": tool} if tool is not None else {}
    return {"flow.dag.yaml": text + more, **source, **files}


TYPES = (
    *("int", "double", "bool", "string", "list", "object", "image"),
    *("secret", "prompt_template", "file_path", "assistant_definition"),
    *("str", "float", "String", "any", "''", "null", "[string]"),
)
DEFAULTS = {
    "none": None,
    "null": "null",
    "empty": "''",
    "text": "hello",
    "number": "3",
    "fraction": "3.5",
    "digits": "'3'",
    "true": "true",
    "yes": "'True'",
    "list": "[1, two]",
    "list-text": "'[1]'",
    "object": "{k: v}",
    "object-text": "'{\"k\": 1}'",
    "nan": ".nan",
    "infinity": ".inf",
    "date": "2024-01-01",
}
_KNOWN = ("int", "double", "bool", "string", "list", "object")


def inputs() -> Iterator[tuple[str, Files]]:
    for kind in TYPES:
        yield f"input/{kind}", flow(inputs=f"  q: {{type: {kind}}}")
    for kind in _KNOWN:
        for name, default in DEFAULTS.items():
            if default is not None:
                spec = f"  q: {{type: {kind}, default: {default}}}"
                yield f"default/{kind}-{name}", flow(inputs=spec)
    yield "input/no-type", flow(inputs="  q: {default: hi}")
    yield "input/nothing", flow(inputs="  q:")
    yield "input/text", flow(inputs="  q: string")
    yield "input/none", flow(inputs="  {}", nodes=NODE.replace("${inputs.q}", "hi"))
    yield "input/a-list", flow(inputs="- q")
    yield (
        "input/odd-name",
        flow(
            inputs="  'a b-c': {type: string, default: hi}",
            nodes=NODE.replace("inputs.q", "inputs.a b-c"),
        ),
    )
    yield "input/unused", flow(inputs="  q: {type: string, default: hi}\n  z: {type: int}")


def outputs() -> Iterator[tuple[str, Files]]:
    for kind in TYPES:
        variations = f"  answer: {{type: {kind}, reference: '${{a.output}}'}}"
        yield f"output/{kind}", flow(outputs=variations)
    references: dict[str, str | None] = {
        "no-key": None,
        "empty": "''",
        "null": "null",
        "literal": "hello",
        "number": "3",
        "input": "${inputs.q}",
        "old-input": "${flow.q}",
        "no-input": "${inputs.z}",
        "no-node": "${z.output}",
        "plural": "${a.outputs}",
        "bare": "${a}",
        "property": "${a.output.k}",
        "index": "${a.output[0]}",
        "spaces": "${ a.output }",
        "half": "${a.output",
        "text-around": "x ${a.output}",
        "dollar": "$a.output",
        "empty-braces": "${}",
    }
    for name, to in references.items():
        quoted = "" if to is None else f", reference: {to if to == 'null' else repr(to)}"
        yield f"output/reference-{name}", flow(outputs=f"  answer: {{type: string{quoted}}}")
    yield "output/no-type", flow(outputs="  answer: {reference: '${a.output}'}")
    yield "output/nothing", flow(outputs="  answer:")
    yield "output/text", flow(outputs="  answer: ${a.output}")
    yield "output/none", flow(outputs="  {}")
    yield (
        "output/evaluation-only",
        flow(outputs="  answer: {type: string, reference: '${a.output}', evaluation_only: true}"),
    )


def references() -> Iterator[tuple[str, Files]]:
    two = NODE + "\n- {name: b, type: python, source: {type: code, path: a.py}, inputs: {q: '%s'}}"
    variations = {
        **{"output": "${a.output}", "plural": "${a.outputs}", "bare": "${a}"},
        **{"section": "${a.result}", "property": "${a.output.k}", "no-node": "${c.output}"},
        **{"itself": "${b.output}", "old-input": "${flow.q}", "no-input": "${inputs.z}"},
        **{"spaces": "${ inputs.q }", "text-around": "say ${inputs.q}", "dollar": "$"},
        **{
            "braces": "${}",
            "input": "${inputs.q}",
            "inside": "${inputs.q.k}",
            "index": "${a.output[0]}",
        },
    }
    for name, value in variations.items():
        yield f"reference/{name}", flow(nodes=two % value)
    circle = two % "${a.output}"
    yield "reference/circle", flow(nodes=circle.replace("${inputs.q}", "${b.output}"))
    yield (
        "reference/order",
        flow(
            nodes="\n".join(reversed((two % "${inputs.q}").splitlines())).replace(
                "{name: a, type: python, source: {type: code, path: a.py}, inputs: {q: '${inputs.q}'}",
                "{name: a, type: python, source: {type: code, path: a.py}, inputs: {q: '${b.output}'}",
            )
        ),
    )
    yield "reference/twice", flow(nodes=f"{NODE}\n{NODE}")


def activation() -> Iterator[tuple[str, Files]]:
    variations = {
        "null": "null",
        "empty": "{}",
        "when-only": "{when: '${inputs.q}'}",
        "is-only": "{is: hi}",
        "both": "{when: '${inputs.q}', is: hi}",
        "other": "{when: '${inputs.q}', is: bye}",
        "nulls": "{when: null, is: null}",
        "is-null": "{when: '${inputs.q}', is: null}",
        "literal": "{when: hi, is: hi}",
        "node": "{when: '${b.output}', is: hi}",
        "plural": "{when: '${b.outputs}', is: hi}",
        "no-node": "{when: '${c.output}', is: hi}",
        "no-input": "{when: '${inputs.z}', is: hi}",
        "itself": "{when: '${a.output}', is: hi}",
        "text": "hello",
        "list": "[when, is]",
    }
    second = (
        "\n- {name: b, type: python, source: {type: code, path: a.py}, inputs: {q: '${inputs.q}'}}"
    )
    for name, value in variations.items():
        nodes = NODE[:-1] + f", activate: {value}}}" + second
        yield f"activate/{name}", flow(nodes=nodes)


def variants() -> Iterator[tuple[str, Files]]:
    inner = "{type: python, source: {type: code, path: a.py}, inputs: {q: '${inputs.q}'}}"
    plain = "- {name: a, use_variants: true}"
    variations = {
        "text": ("v", f"{{v: {{node: {inner}}}}}"),
        "number": ("1", f"{{1: {{node: {inner}}}}}"),
        "quoted": ("1", f"{{'1': {{node: {inner}}}}}"),
        "quoted-id": ("'1'", f"{{1: {{node: {inner}}}}}"),
        "bool": ("true", f"{{true: {{node: {inner}}}}}"),
        "absent": ("w", f"{{v: {{node: {inner}}}}}"),
        "empty": ("''", f"{{v: {{node: {inner}}}}}"),
        "no-node": ("v", "{v: {description: x}}"),
        "null-node": ("v", "{v: {node: null}}"),
        "none": ("v", "{}"),
        "other-broken": ("v", f"{{v: {{node: {inner}}}, w: {{node: {{type: nonsense}}}}}}"),
    }
    for name, (default, every) in variations.items():
        more = f"node_variants: {{a: {{default_variant_id: {default}, variants: {every}}}}}\n"
        yield f"variant/{name}", flow(nodes=plain, more=more)
    yield "variant/no-variants", flow(nodes=plain)
    yield (
        "variant/other-name",
        flow(
            nodes=plain,
            more=f"node_variants: {{b: {{default_variant_id: v, variants: {{v: {{node: {inner}}}}}}}}}\n",
        ),
    )
    yield (
        "variant/no-default",
        flow(nodes=plain, more=f"node_variants: {{a: {{variants: {{v: {{node: {inner}}}}}}}}}\n"),
    )
    yield "variant/unused-null", flow(more="node_variants:\n")
    yield "variant/unused-nulls", flow(more="node_variants: {a: null}\n")


def nodes() -> Iterator[tuple[str, Files]]:
    wrong = {
        "no-name": "- {type: python, source: {type: code, path: a.py}}",
        "no-type": "- {name: a, source: {type: code, path: a.py}, inputs: {q: hi}}",
        "type-null": "- {name: a, type: null, source: {type: code, path: a.py}, inputs: {q: hi}}",
        "unknown-type": "- {name: a, type: lua, source: {type: code, path: a.py}, inputs: {q: hi}}",
        "csharp": "- {name: a, type: csharp, source: {type: code, path: a.py}, inputs: {q: hi}}",
        "upper-type": "- {name: a, type: Python, source: {type: code, path: a.py}, inputs: {q: hi}}",
        "no-source": "- {name: a, type: python, inputs: {q: hi}}",
        "source-null": "- {name: a, type: python, source: null, inputs: {q: hi}}",
        "source-text": "- {name: a, type: python, source: a.py, inputs: {q: hi}}",
        "source-no-type": "- {name: a, type: python, source: {path: a.py}, inputs: {q: hi}}",
        "source-type-null": "- {name: a, type: python, source: {type: null, path: a.py}, inputs: {q: hi}}",
        "source-unknown": "- {name: a, type: python, source: {type: file, path: a.py}, inputs: {q: hi}}",
        "inputs-null": "- {name: a, type: python, source: {type: code, path: a.py}, inputs: null}",
        "inputs-list": "- {name: a, type: python, source: {type: code, path: a.py}, inputs: [q]}",
        "text": "- a",
        "null": "-",
        "a-mapping": "  a: {type: python, source: {type: code, path: a.py}}",
        "spaced-name": NODE.replace("name: a", "name: a b").replace("a.output", "a b.output"),
        "number-name": NODE.replace("name: a", "name: 1"),
        "extra-key": NODE[:-1] + ", comment: hello, enable_cache: false, nonsense: 1}",
        "connection-null": NODE[:-1] + ", connection: null, api: null}",
        "connection-text": NODE[:-1] + ", connection: open_ai_connection}",
        "module": NODE[:-1] + ", module: not_there_at_all}",
        "variants-false": NODE[:-1] + ", use_variants: false}",
        "aggregation-null": NODE[:-1] + ", aggregation: null}",
    }
    for name, variations in wrong.items():
        outputs = {"spaced-name": "a b.output", "number-name": "1.output"}.get(name, "a.output")
        yield (
            f"node/{name}",
            flow(
                nodes=variations, outputs=f"  answer: {{type: string, reference: '${{{outputs}}}'}}"
            ),
        )
    yield (
        "node/none",
        flow(nodes="  []", outputs="  answer: {type: string, reference: '${inputs.q}'}"),
    )
    yield (
        "node/absent",
        {
            "flow.dag.yaml": "inputs: {q: {type: string, default: hi}}\n"
            "outputs: {answer: {type: string, reference: '${inputs.q}'}}\n"
        },
    )
    paths = (
        "./a.py",
        "sub/../a.py",
        "a",
        "a.txt",
        "absent.py",
        "/a.py",
        "sub",
        "''",
        "null",
        "A.py",
        "3",
    )
    for path in paths:
        variations = NODE.replace("path: a.py", f"path: {path}")
        yield (
            f"source/{path.replace('/', '_')}",
            flow(nodes=variations, **{"a.txt": TOOL, "sub/x.txt": "x", "a": TOOL}),
        )
    yield "source/no-path", flow(nodes=NODE.replace(", path: a.py", ""))
    yield "source/in-folder", flow(nodes=NODE.replace("a.py", "sub/a.py"), **{"sub/a.py": TOOL})
    yield "source/imports-neighbour", flow(tool=f"import near\n{TOOL}", **{"near.py": "x = 1\n"})
    yield "source/same-twice", flow(nodes=f"{NODE}\n{NODE.replace('name: a', 'name: b')}")
    yield (
        "source/package-tool",
        flow(
            nodes="- {name: a, type: python, source: {type: package, tool: promptflow.tools.nothing.run}}"
        ),
    )
    yield "source/package-no-tool", flow(nodes="- {name: a, type: python, source: {type: package}}")


def top() -> Iterator[tuple[str, Files]]:
    variables = {
        **{
            "text": "x",
            "number": "3",
            "bool": "true",
            "null": "null",
            "list": "[1]",
            "object": "{k: v}",
        },
        **{"reference": "'${open_ai_connection.api_key}'", "unknown": "'${nope.key}'"},
        **{"half": "'${x'", "dotless": "'${x}'", "spaced": "' ${open_ai_connection.api_key} '"},
        "deep": "'${a.b.c}'",
    }
    for name, variations in variables.items():
        yield f"variable/{name}", flow(more=f"environment_variables: {{GRID: {variations}}}\n")
    yield "variable/none", flow(more="environment_variables:\n")
    yield "variable/a-list", flow(more="environment_variables: [GRID]\n")
    yield "variable/a-text", flow(more="environment_variables: GRID\n")
    yield "variable/number-name", flow(more="environment_variables: {1: x}\n")
    for name, variations in {
        "csharp": "language: csharp",
        "python": "language: python",
        "null": "language:",
        "name-number": "name: 3",
        "environment-null": "environment:",
        "tools": "tools: []",
        "schema": "$schema: https://example.org/x.json",
        "message-format": "message_format: openai-vision",
        "message-format-wrong": "message_format: nonsense",
        "includes-null": "additional_includes:",
        "type-chat": "type: chat",
        "id": "id: my-flow",
    }.items():
        yield f"top/{name}", flow(more=f"{variations}\n")
    yield "top/empty", {"flow.dag.yaml": ""}
    yield "top/a-list", {"flow.dag.yaml": "- a\n"}
    yield "top/yml", {"flow.dag.yml": flow()["flow.dag.yaml"], "a.py": TOOL}
    yield "top/two", {**flow(), "flow.flex.yaml": "entry: a:run\n"}
    yield "top/duplicate-key", flow(more="inputs: {}\n")
    yield "top/samples", flow(**{"samples.json": '[{"q": "hi"}]'})
    yield "top/samples-broken", flow(**{"samples.json": "[{"})
    chat = "  q: {type: string, is_chat_input: true}\n  chat_history: {type: list, default: []}"
    answer = "  answer: {type: string, reference: '${a.output}', is_chat_output: true}"
    yield "top/chat", flow(inputs=chat, outputs=answer)
    yield (
        "top/two-chat-inputs",
        flow(
            inputs=indent(
                "q: {type: string, is_chat_input: true}\nr: {type: string, is_chat_input: true}",
                "  ",
            )
        ),
    )


def cases() -> Iterator[tuple[str, Files]]:
    """All dag flows that vary in the flow file."""
    for part in (inputs, outputs, references, activation, variants, nodes, top):
        yield from part()
