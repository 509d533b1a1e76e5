import copy
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import MOST_FINDINGS, Finding, Rejected, bounded
from shared.domain.kinds.prompt_flow import (
    Contents,
    missing_connections,
    named_texts,
    read_flow,
    sample_input,
)
from shared.domain.manifest import flow_findings, merged, read_manifest
from shared.domain.parsing.document import Document, reach
from shared.package import parse, read

SAMPLES = Path(__file__).parents[4] / "samples"
FLOWS = sorted(SAMPLES.glob("*/flow.*.yaml"))
JUNK: list[Any] = [
    *(None, 3, -1.5, True, "", "x", "a:b", "\0", 10**30, float("nan")),
    *("${a.b}", "${inputs.}", "${}", "${.}", [], {}, [[]], {"a": [1]}, {3: 4}, ["x", None]),
]
MANIFEST = {
    "endpoint": {"name": "abc", "identity": {"type": "system_assigned"}, "tags": {"a": 1}},
    "deployment": {"endpoint_name": "abc", "environment": {"image": "x"}, "instance_count": 2},
    "flow": {"outputs": ["a"], "connections": {"a": "b"}},
    "smoke_test": {"input": {"q": 1}, "expect": {"equals": None}},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield from places(value[key], (*at, key))


def mutated(value: Any, dice: random.Random) -> Any:
    result = copy.deepcopy(value)
    for _ in range(dice.randint(1, 3)):
        *above, last = dice.choice([at for at in places(result) if at])
        reach(result, tuple(above))[0][last] = copy.deepcopy(dice.choice(JUNK))
    return result


@pytest.mark.parametrize("flow", FLOWS, ids=lambda path: path.parent.name)
def test_no_mutation_of_a_flow_file_crashes_the_reading(flow: Path) -> None:
    dice = random.Random(flow.name)
    said = parse(flow.read_text(), flow.name, version="1.2").value
    texts = {path.name: path.read_text() for path in flow.parent.glob("*.py")}
    contents = Contents(frozenset(texts), texts=texts)
    for _ in range(60):
        document = Document(flow.name, mutated(said, dice), {})
        named_texts(document)
        read_in, findings = read_flow(document, contents)
        assert json.dumps([each.to_dict() for each in findings])
        if read_in is not None:
            sample_input(read_in)
            missing_connections(read_in, set())


def test_no_mutation_of_a_manifest_crashes_the_reading() -> None:
    dice = random.Random(1)
    flow = read(SAMPLES / "chat").content
    assert flow is not None
    for _ in range(150):
        said = mutated(MANIFEST, dice)
        parts = [Document(f"{key}.yaml", said.get(key), {}) for key in ("endpoint", "deployment")]
        manifest, layers, _ = read_manifest(Document("deploy.yaml", said, {}), *parts)
        list(flow_findings(manifest, flow, layers))
        with suppress(Rejected):
            merged(manifest, said)


def test_findings_fit_into_a_message_whatever_a_package_holds() -> None:
    many = [Finding("f", line, "x" * 10_000, "y", "warning") for line in range(5_000)]
    told = bounded([*many, Finding("f", 1, "an error", "z")])
    assert len(told) == MOST_FINDINGS + 1
    assert told[0].severity == "error"
    assert told[-1].cause == "4901 more findings are not shown"
    assert len(json.dumps([each.to_dict() for each in told])) < 60_000


@pytest.mark.parametrize(
    "text",
    [
        "nodes:\n" + "- {name: n}\n" * 1_001,
        "inputs:\n" + "".join(f"  i{number}: {{type: string}}\n" for number in range(1_001)),
    ],
)
def test_flows_over_the_limits_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "flow.dag.yaml").write_text(text)
    assert any("over 1000" in each.cause for each in read(tmp_path).errors)
