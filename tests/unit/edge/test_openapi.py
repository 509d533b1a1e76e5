"""The OpenAPI document is true to the code: routes, methods, parameters, and answers' shapes."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docs.openapi import FILE, OPERATIONS, document, text
from shared.domain.requests.hold import Hold
from tests.fakes.http import FakeHost, app_functions
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts

FUNCTIONS = Path(__file__).parents[3] / "functions"
DOCUMENT = document(app_functions())


def test_the_file_is_what_the_code_says():
    assert FILE.read_text(encoding="utf-8") == text(app_functions()), "run `make docs`"


def test_every_route_is_described_and_no_other():
    described = {(method.upper(), path) for path, it in DOCUMENT["paths"].items() for method in it}
    assert described == {
        (method, f"/api/{route.replace('{*', '{')}") for method, route in OPERATIONS
    }


def test_every_query_parameter_that_the_code_reads_is_described_and_no_other():
    pattern = r'(?:req\.params\.get\(|\bswitch\(req, )"(\w+)"'
    texts = [it.read_text(encoding="utf-8") for it in FUNCTIONS.glob("*.py")]
    read = {name for it in texts for name in re.findall(pattern, it)}
    assert read == {name for it in OPERATIONS.values() for name in it.query}


def _check(method: str, path: str, status: int, kind: str, content: bytes) -> None:
    """Check an answer against what the document says of its status and type."""
    told = DOCUMENT["paths"][path][method.lower()]["responses"][str(status)]["content"]
    schema = {**told[kind]["schema"], "components": DOCUMENT["components"]}
    jsonschema.validate(json.loads(content), schema, jsonschema.Draft202012Validator)


def _ask(host: FakeHost, method: str, path: str, asked: str, body: Any = None) -> int:
    content = b"" if body is None else json.dumps(body).encode()
    answer = host.ask(method, asked, content)
    _check(method, f"/api/{path}", answer.status_code, answer.mimetype, answer.get_body())
    return int(answer.status_code)


@pytest.fixture
def job(world: World) -> str:
    return str(world.deploy("hello")["job"])


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("endpoints", "endpoints", 200),
        ("endpoints/{name}", "endpoints/hello", 200),
        ("endpoints/{name}", "endpoints/nobody", 404),
        ("endpoints/{name}", "endpoints/a_b", 400),
        ("endpoints/{name}/consume", "endpoints/hello/consume", 200),
        ("endpoints/{name}/consume", "endpoints/nobody/consume", 404),
        ("endpoints/{name}/metrics", "endpoints/hello/metrics?minutes=5", 200),
        ("endpoints/{name}/metrics", "endpoints/hello/metrics?minutes=x", 400),
        ("retirement", "retirement", 200),
        ("jobs", "jobs", 200),
        ("jobs", "jobs?state=succeeded&endpoint=hello", 200),
        ("jobs", "jobs?blob=hello.zip", 400),
        ("jobs/{job}", "jobs/{id}", 200),
        ("jobs/{job}", "jobs/5eaf00d5eaf00d5e", 404),
        ("jobs/{job}", "jobs/..x", 400),
        ("dead-letters", "dead-letters", 200),
        ("health", "health", 200),
        ("doctor", "doctor", 200),
    ],
)
def test_what_is_read_has_its_shape(
    world: World, host: FakeHost, job: str, path: str, asked: str, status: int
):
    hold = Hold(at="2026-01-01T00:00:00.000000Z", job=job)
    assert world.ledger.set_hold("hello", hold, over=None)
    assert _ask(host, "GET", path, asked.format(id=job)) == status


@pytest.mark.parametrize(
    "case",
    [
        ("POST", "deployments", "deployments", {"source": {"blob": "b.zip"}}, 202),
        ("POST", "deployments", "deployments", {"source": {}}, 400),
        ("POST", "plan", "plan", {"source": {"blob": "b.zip"}}, 200),
        ("POST", "plan", "plan", {"source": {"blob": "none.zip"}}, 400),
        ("POST", "endpoints/{name}/redeploy", "endpoints/hello/redeploy", None, 202),
        ("POST", "endpoints/{name}/rollback", "endpoints/hello/rollback", None, 400),
        ("POST", "endpoints/{name}/resume", "endpoints/hello/resume", None, 200),
        ("POST", "endpoints/{name}/invoke", "endpoints/hello/invoke", {"question": "hi"}, 200),
        ("POST", "endpoints/{name}/invoke", "endpoints/hello/invoke", ["hi"], 400),
        ("POST", "endpoints/{name}/invoke", "endpoints/nobody/invoke", {}, 404),
        ("POST", "jobs/{job}/retry", "jobs/{id}/retry", None, 202),
        ("POST", "jobs/{job}/{decision}", "jobs/{id}/cancel", None, 409),
        ("POST", "jobs/{job}/{decision}", "jobs/{id}/dance", None, 404),
        ("DELETE", "endpoints/{name}", "endpoints/hello?confirm=hello", None, 202),
        ("DELETE", "endpoints/{name}", "endpoints/hello", None, 400),
    ],
)
def test_what_changes_something_has_its_shape(
    world: World, host: FakeHost, starts: Starts, job: str, case: tuple[str, str, str, Any, int]
):
    method, path, asked, body, status = case
    world.flows.put("b.zip", package())
    assert _ask(host, method, path, asked.format(id=job), body) == status
    assert bool(starts.jobs) is (status == 202)


def test_the_document_is_served_without_a_key_and_by_its_etag(host: FakeHost):
    answer = host.ask("GET", "openapi.json")
    assert json.loads(answer.get_body()) == DOCUMENT
    again = host.ask("GET", "openapi.json", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert DOCUMENT["paths"]["/api/openapi.json"]["get"]["security"] == []
    assert DOCUMENT["paths"]["/api/jobs"]["get"]["security"] != []


def test_schemas_are_served_without_a_key_by_name_alone(host: FakeHost):
    answer = host.ask("GET", "schemas/result.json")
    assert json.loads(answer.get_body())["title"] == "The result of a job"
    again = host.ask(
        "GET", "schemas/result.json", headers={"if-none-match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    for name in ("x.json", "..%2fopenapi.json", "%2e%2e"):
        assert host.ask("GET", f"schemas/{name}").status_code == 404
    [got] = [it for it in DOCUMENT["paths"] if "schemas" in it]
    assert DOCUMENT["paths"][got]["get"]["security"] == []
