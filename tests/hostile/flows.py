"""Flow files: the largest content that the limits allow, and names that look alike."""

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.case import Case, Outcome, case

_NODE = {"type": "python", "source": {"type": "code", "path": "say.py"}}


def cases() -> Iterator[Case]:
    yield _flow("1,001 nodes", {"nodes": [_node(n) for n in range(1_001)]})
    yield _flow("1,000 nodes", {"nodes": [_node(n) for n in range(1_000)]}, "taken")
    yield _flow("1,001 inputs", {"inputs": {f"i{n}": {"type": "string"} for n in range(1_001)}})
    yield _flow("1,000 inputs of no type", {"inputs": {f"i{n}": {} for n in range(1_000)}})
    yield _flow("1,000 outputs of nothing", {"outputs": {f"o{n}": {} for n in range(1_000)}})
    yield _flow("1,000 wrong references", {"nodes": [_wrong(n, "x") for n in range(1_000)]})
    yield _flow(
        "long names that differ a little", {"nodes": [_wrong(n, "x" * 400) for n in range(1_000)]}
    )
    yield _flow("names of 5 KB", {"nodes": [_wrong(n, "ab" * 2_500) for n in range(90)]})
    yield _flow("a circle of 1,000", {"nodes": [_next(n) for n in range(1_000)]})
    yield _flow("each waits for each", {"nodes": [_all(n) for n in range(200)]})
    yield _flow("the same node 1,000 times", {"nodes": [_node(1)] * 1_000})
    yield _flow("nodes that are numbers", {"nodes": list(range(90_000))})
    yield _flow("1,000 variants each", {"nodes": [_varied(n) for n in range(50)], **_variants()})
    yield _flow("40,000 fields that nobody knows", {f"f{n}": n for n in range(40_000)}, "taken")
    yield _flow(
        "40,000 variables",
        {"environment_variables": {f"V{n}": "${a.b}" for n in range(40_000)}},
        "taken",
    )
    yield _flow("40,000 includes", {"additional_includes": [f"../i{n}" for n in range(40_000)]})
    yield _flow("900 sources that are not there", {"nodes": [_absent(n) for n in range(900)]})
    yield _flow("an index of 500 KB", {"nodes": [_index()]}, "either")
    yield _flow("an entry of 500 KB", {"entry": "a." * 250_000 + "b:c", "nodes": []})
    yield case("flow: two of them", lambda: {"flow.flex.yaml": "entry: say:say"})


def _flow(what: str, content: dict[str, Any], outcome: Outcome = "refused") -> Case:
    """JSON is YAML."""
    whole = {"nodes": [_node(0)], **content}
    return case(f"flow: {what}", lambda: {"flow.dag.yaml": json.dumps(whole)}, outcome)


def _node(number: int, **inputs: str) -> dict[str, Any]:
    return {"name": f"n{number}", **_NODE, "inputs": inputs or {"question": "x"}}


def _wrong(number: int, name: str) -> dict[str, Any]:
    return {"name": f"{name}{number}", **_NODE, "inputs": {"q": f"${{{name}{number}_.output}}"}}


def _next(number: int) -> dict[str, Any]:
    return _node(number, q=f"${{n{(number + 1) % 1_000}.output}}")


def _all(number: int) -> dict[str, Any]:
    return _node(number, **{f"q{n}": f"${{n{n}.output}}" for n in range(200)})


def _varied(number: int) -> dict[str, Any]:
    return {"name": f"n{number}", "use_variants": True}


def _variants() -> dict[str, Any]:
    variants = {f"v{n}": {"node": _NODE} for n in range(150)}
    of = {"default_variant_id": "none", "variants": variants}
    return {"node_variants": {f"n{n}": of for n in range(50)}}


def _absent(number: int) -> dict[str, Any]:
    source = {"type": "code", "path": f"absent{number}.py"}
    return {"name": f"n{number}", "type": "python", "source": source}


def _index() -> dict[str, Any]:
    tool = "promptflow_vectordb.tool.common_index_lookup.search"
    content = "/connections/a" * 35_000
    source = {"type": "package", "tool": tool}
    return {"name": "n", "type": "python", "source": source, "inputs": {"mlindex_content": content}}
