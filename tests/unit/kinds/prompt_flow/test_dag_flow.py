import json
from collections.abc import Callable, Mapping

import pytest

from shared.domain.kinds.prompt_flow import Flow, sample_input
from shared.package import Reading

type Drop = Callable[[Mapping[str, str]], Reading]

TOOL = "from promptflow.core import tool\n\n@tool\ndef run(text: str) -> str:\n    return text\n"
FLOW = """\
display_name: Good
inputs:
  question:
    type: string
outputs:
  answer:
    type: string
    reference: ${second.output}
nodes:
- name: first
  type: python
  source:
    type: code
    path: first.py
  inputs:
    text: ${inputs.question}
- name: second
  type: prompt
  source:
    type: code
    path: second.jinja2
  inputs:
    text: ${first.output.part}
"""
GOOD = {"flow.dag.yaml": FLOW, "first.py": TOOL, "second.jinja2": "{{text}}"}


def printed_findings(reading: Reading) -> list[str]:
    return [f"{each.severity}: {each}" for each in reading.findings]


def test_a_good_flow_has_no_findings(drop: Drop) -> None:
    reading = drop(GOOD)
    assert printed_findings(reading) == []
    assert isinstance(reading.content, Flow)
    assert (reading.content.kind, reading.content.file, reading.content.title) == (
        "dag",
        "flow.dag.yaml",
        "Good",
    )
    assert [each.name for each in reading.content.inputs] == ["question"]
    assert [each.name for each in reading.content.nodes] == ["first", "second"]
    assert not reading.content.is_chat
    assert len(reading.digest) == 64


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("${inputs.question}", "${inputs.qestion}", "16: node 'first' refers to"),
        ("${inputs.question}", "${flow.qestion}", "16: node 'first' refers to"),
        ("${inputs.question}", "${nobody.output}", "16: node 'first' refers to"),
        ("${first.output.part}", "${first.input}", "23: node 'second' refers to"),
        ("${second.output}", "${third.output}", "8: output 'answer' refers to"),
        ("${second.output}", "${inputs.other}", "8: output 'answer' refers to"),
        ("    reference: ${second.output}\n", "", "7: output 'answer' refers to nothing"),
        ("${inputs.question}", "${second.output}", "the nodes first, second wait for each other"),
        ("name: second", "name: first", "17: node 'first' is defined twice"),
        ("path: first.py", "path: frist.py", "14: node 'first': 'frist.py' is not in the package"),
        ("path: first.py", "path: ../first.py", "14: node 'first': '../first.py' is outside"),
        ("path: second.jinja2", "path: x.jinja2", "21: node 'second': 'x.jinja2' is not in"),
        ("    path: first.py\n", "", "the source of node 'first' names no path"),
        ("type: prompt", "type: robot", "18: node 'second' has the type 'robot'"),
        ("type: prompt", "type: csharp", "18: node 'second' has the type 'csharp'"),
        ("  type: prompt\n", "", "17: node 'second' has the missing type"),
        (
            "type: code\n    path: second.jinja2",
            "type: package\n    tool: a.b",
            "cannot have a source",
        ),
        (
            "    type: string\noutputs",
            "    type: text\noutputs",
            "4: 'question' has the type 'text', with which",
        ),
        (
            "    type: string\noutputs",
            "    default: x\noutputs",
            "4: 'inputs.question.type' is missing",
        ),
        (
            "    type: string\n    ref",
            "    type: words\n    ref",
            "7: 'answer' has the type 'words', with which",
        ),
        ("- name: first\n", "- nam: first\n", "10: 'nodes.0.name' is missing"),
        ("display_name: Good", "language: csharp", "1: the language is 'csharp'"),
        (
            "display_name: Good",
            "environment: {python_requirements_txt: r.txt}",
            "'r.txt' is not in",
        ),
        (
            "display_name: Good",
            "environment: {conda_file: c.yaml}",
            "1: conda_file: 'c.yaml' is not",
        ),
        ("display_name: Good", "environment: [x]", "1: 'environment' must be a mapping"),
        ("display_name: Good", "environment_variables: [x]", "1: 'environment_variables' is not"),
        (
            "display_name: Good",
            "additional_includes: [../lib/x.py]",
            "1: the include '../lib/x.py'",
        ),
        (
            "display_name: Good",
            "additional_includes: [null]",
            "1: an include must be a path, and this is empty",
        ),
        (
            "display_name: Good",
            "additional_includes: [./]",
            "1: the include './' names no file or folder",
        ),
        ("display_name: Good", "additional_includes: x", "1: 'additional_includes' is not a list"),
        ("display_name: Good", "display_name: Good\ndisplay_name: Bad", "2: refused: key"),
        ("display_name: Good", "type: evaluation", "1: an evaluation flow: its type"),
        ("display_name: Good", "type: evaluate", "1: an evaluation flow: its type"),
        (
            "- name: second",
            "- aggregation: true\n  name: second",
            "an evaluation flow: node 'second'",
        ),
        (
            "- name: second",
            "- reduce: true\n  name: second",
            "17: an evaluation flow: node 'second'",
        ),
    ],
)
def test_each_fault_is_reported_at_its_line(drop: Drop, old: str, new: str, finding: str) -> None:
    assert old in FLOW
    reading = drop(GOOD | {"flow.dag.yaml": FLOW.replace(old, new)})
    assert any(finding in each for each in printed_findings(reading)), printed_findings(reading)
    assert reading.errors
    assert all(each.file == "flow.dag.yaml" and each.line for each in reading.errors)
    assert all(each.cause and each.remedy for each in reading.errors)


@pytest.mark.parametrize(
    ("kind", "default", "fits"),
    [
        ("int", "3", True),
        ("int", "'3'", True),
        ("int", "three", False),
        ("double", "1e3", True),
        ("double", "much", False),
        ("bool", "false", True),
        ("bool", "'TRUE'", True),
        ("bool", "off", False),  # the runtime reads YAML 1.2, where `off` is text
        ("bool", "1", False),
        ("list", "[]", True),
        ("list", "'[1]'", True),
        ("list", "{}", False),
        ("object", "text", True),
        ("string", "5", True),
        ("double", ".nan", False),  # a number in Python, but not in JSON
        ("int", ".inf", False),
        ("list", "''", False),
    ],
)
def test_a_default_must_fit_its_type(drop: Drop, kind: str, default: str, fits: bool) -> None:
    flow = FLOW.replace(
        "    type: string\noutputs", f"    type: {kind}\n    default: {default}\noutputs"
    )
    reading = drop(GOOD | {"flow.dag.yaml": flow})
    told = [it for it in reading.findings if it.cause.startswith("the default of 'question'")]
    assert [it.severity for it in told] == ([] if fits else ["warning"])
    assert isinstance(reading.content, Flow)
    assert json.dumps(sample_input(reading.content))  # a valid value replaces a wrong default


def test_all_findings_come_at_once(drop: Drop) -> None:
    flow = FLOW.replace("inputs.question", "inputs.q").replace("second.output", "third.output")
    files = {"flow.dag.yaml": flow.replace("type: prompt", "type: x"), "first.py": "def run(:\n"}
    assert len(drop(files).errors) == 5


def test_references_to_a_broken_input_are_not_reported_too(drop: Drop) -> None:
    broken = FLOW.replace("    type: string\noutputs", "    type: [x]\noutputs")
    assert len(drop(GOOD | {"flow.dag.yaml": broken}).errors) == 1


def test_llm_nodes_need_a_connection_and_an_api(drop: Drop) -> None:
    reading = drop(GOOD | {"flow.dag.yaml": FLOW.replace("type: prompt", "type: llm")})
    assert [each.cause for each in reading.errors] == [
        "the llm node 'second' names no connection",
        "the llm node 'second' names no api",
        "the llm node 'second' names no model",
    ]


@pytest.mark.parametrize("source", ["def run(:", "x = (", "a b", "\tx\n y", "x = '\0'", "(" * 500])
def test_a_source_that_is_not_python_is_an_error(drop: Drop, source: str) -> None:
    errors = drop(GOOD | {"first.py": source}).errors
    assert [each.file for each in errors] == ["first.py"]


def test_a_source_too_deep_to_parse_is_an_error_not_a_crash(drop: Drop) -> None:
    assert drop(GOOD | {"first.py": "x = " + "-" * 50_000 + "1"}).errors
    assert drop(GOOD | {"first.py": "x" + ".y" * 100_000}).errors


def test_a_source_without_a_tool_or_with_two_is_an_error(drop: Drop) -> None:
    assert "has none" in drop(GOOD | {"first.py": "def run(text): ..."}).errors[0].cause
    both = TOOL + TOOL.replace("run", "other")
    assert "has run, other" in drop(GOOD | {"first.py": both}).errors[0].cause


def test_a_python_file_that_no_node_names_gets_a_warning(drop: Drop) -> None:
    reading = drop(GOOD | {"notes/old.py": "def ("})
    assert [(each.file, each.severity) for each in reading.findings] == [
        ("notes/old.py", "warning")
    ]


def test_reading_a_flow_runs_none_of_its_code(drop: Drop) -> None:
    reading = drop(
        GOOD | {"first.py": "raise SystemExit('run!')\n" + TOOL, "conftest.py": "raise SystemExit"}
    )
    assert reading.errors == ()
    assert isinstance(reading.content, Flow)


def test_a_source_that_logs_a_metric_is_refused_as_an_evaluation_flow(drop: Drop) -> None:
    source = TOOL + "\n    log_metric('a', 1)\n"
    reading = drop(GOOD | {"first.py": source})
    assert [str(each)[:45] for each in reading.errors] == [
        "first.py:7: an evaluation flow: it logs a met"
    ]


def test_an_unknown_package_tool_is_only_a_warning(drop: Drop) -> None:
    new = "type: package\n    tool: my_tools.a.b"
    reading = drop(GOOD | {"flow.dag.yaml": FLOW.replace("type: code\n    path: first.py", new)})
    assert [each.severity for each in reading.findings] == ["warning"]


def test_a_package_tool_of_the_runtime_or_of_the_tools_file_is_known(drop: Drop) -> None:
    old = "type: code\n    path: first.py"
    known = FLOW.replace(old, "type: package\n    tool: promptflow.tools.embedding.embedding")
    assert printed_findings(drop(GOOD | {"flow.dag.yaml": known})) == []
    listed = FLOW.replace(old, "type: package\n    tool: my_tools.a.b")
    tools = {".promptflow/flow.tools.json": '{"package": {"my_tools.a.b": {"inputs": {}}}}'}
    assert printed_findings(drop(GOOD | {"flow.dag.yaml": listed} | tools)) == []


VARIANTS = """
node_variants:
  second:
    default_variant_id: short
    variants:
      short:
        node:
          type: prompt
          source: {type: code, path: short.jinja2}
          inputs:
            text: ${first.output}
"""


def test_the_default_variant_replaces_its_node(drop: Drop) -> None:
    start = FLOW.index("  type: prompt")
    flow = FLOW[:start] + "  use_variants: true" + VARIANTS
    reading = drop(GOOD | {"flow.dag.yaml": flow, "short.jinja2": ""})
    assert printed_findings(reading) == []
    assert isinstance(reading.content, Flow)
    assert reading.content.nodes[1].source is not None
    assert reading.content.nodes[1].source.path == "short.jinja2"

    missing = drop({"flow.dag.yaml": flow.replace("variant_id: short", "variant_id: long")})
    assert missing.errors[0].line == 21
    assert "Set default_variant_id to one of: short" in missing.errors[0].remedy
    wrong = drop({"flow.dag.yaml": flow.replace("first.output", "none.output")})
    assert wrong.errors[0].line == 28
    none = drop({"flow.dag.yaml": flow.split("node_variants")[0]})
    assert "'node_variants' has none for it" in none.errors[0].cause


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"readme.md": ""}, "there is neither flow.dag.yaml nor"),
        ({"inner/flow.dag.yaml": "", "b/x": ""}, "there is neither"),
        ({"flow.dag.yaml": FLOW, "flow.flex.yaml": ""}, "two flow files"),
        ({"flow.dag.yaml": FLOW, "flow.dag.yml": FLOW}, "two flow files"),
        ({"a/chat.prompty": "---\nname: x\n---\nsystem:\n"}, "nor a single prompty"),
        ({"flow.dag.yaml": FLOW, ".amlignore": "flow.*"}, "is left out by .amlignore:1"),
        ({"flow.dag.yaml": ""}, "empty or not a mapping"),
        ({"flow.dag.yaml": "- a"}, "empty or not a mapping"),
        ({"flow.dag.yaml": "a: ["}, "not YAML"),
    ],
)
def test_a_package_without_exactly_one_flow_file_is_refused(
    drop: Drop, files: dict[str, str], cause: str
) -> None:
    reading = drop(files)
    assert reading.content is None
    assert cause in reading.errors[0].cause


def test_a_source_that_the_ignore_file_leaves_out_is_missing(drop: Drop) -> None:
    reading = drop(GOOD | {".amlignore": "*.py\n"})
    assert "is left out by .amlignore:1" in reading.errors[0].cause


@pytest.mark.parametrize(
    "shape",
    ["nodes: 5", "nodes: [5]", "nodes: [[]]", "inputs: 3", "inputs: {a: 3}", "outputs: [a]",
     "nodes: [{name: [a]}]", "nodes: [{name: a, source: 3}]", "nodes: [{name: a, inputs: [1]}]",
     "nodes: [{name: a, activate: {when: 1}}]", "node_variants: 3", "environment: 3", "{}",
     "nodes: [{name: a, use_variants: true}]\nnode_variants: {a: 3}",
     "nodes: [{name: a, use_variants: true}]\nnode_variants: {a: {variants: {b: 3}}}"],
)  # fmt: skip
def test_no_shape_of_a_flow_file_crashes_the_reading(drop: Drop, shape: str) -> None:
    assert drop({"flow.dag.yaml": shape}).findings


def test_requirements_that_name_an_index_get_a_warning(drop: Drop) -> None:
    files = {"requirements.txt": "a==1\n--extra-index-url https://pypi.example/simple\n"}
    reading = drop(GOOD | files)
    assert [(each.line, each.severity) for each in reading.findings] == [(2, "warning")]
    assert "private feed" in reading.findings[0].cause
    assert "Build an image beforehand" in reading.findings[0].remedy


def test_the_environment_defaults_to_requirements_txt(drop: Drop) -> None:
    said = "environment:\n  image: mine:1\n  python_requirements_txt: ./reqs/r.txt\n" + FLOW
    reading = drop(GOOD | {"flow.dag.yaml": said, "reqs/r.txt": ""})
    assert isinstance(reading.content, Flow)
    assert reading.content.environment.image == "mine:1"
    assert reading.content.environment.python_requirements_txt == "reqs/r.txt"
    plain = drop(GOOD | {"requirements.txt": ""}).content
    assert isinstance(plain, Flow)
    assert plain.environment.python_requirements_txt == "requirements.txt"
