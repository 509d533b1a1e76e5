import pytest

from local.functions_host.web.template import compile_template

CASES: list[tuple[str, str, dict[str, str] | None]] = [
    ("api/jobs", "/api/jobs", {}),
    ("api/jobs", "/API/Jobs/", {}),
    ("api/jobs", "/api/job", None),
    ("api/jobs/{id}", "/api/jobs/a%20b", {"id": "a b"}),
    ("api/jobs/{id}", "/api/jobs", None),
    ("api/jobs/{id}", "/api/jobs/a/b", None),
    ("api/jobs/{id?}", "/api/jobs", {}),
    ("api/jobs/{id:int?}", "/api/jobs/7", {"id": "7"}),
    ("api/jobs/{id:int?}", "/api/jobs/x", None),
    ("api/{kind:alpha}/{id:int:min(3)}", "/api/a/2", None),
    ("api/{kind:alpha}/{id:int:min(3)}", "/api/a/3", {"kind": "a", "id": "3"}),
    ("files/{*path}", "/files/a/b%2Fc", {"path": "a/b/c"}),
    ("files/{*path}", "/files", {}),
    ("{name}.{format}", "/report.json", {"name": "report", "format": "json"}),
    ("page/{n=1}", "/page", {"n": "1"}),
    ("page/{n=1}", "/page/4", {"n": "4"}),
    ("v/{id:length(2,3)}", "/v/abcd", None),
    ("v/{id:length(2,3)}", "/v/abc", {"id": "abc"}),
    (
        "v/{id:guid}",
        "/v/5a1d0c9e-0000-4000-8000-0000000000b1",
        {"id": "5a1d0c9e-0000-4000-8000-0000000000b1"},
    ),
    ("v/{on:bool}", "/v/maybe", None),
    (r"v/{id:regex(^\d{{3}}$)}", "/v/123", {"id": "123"}),
    (r"v/{id:regex(^\d{{3}}$)}", "/v/12", None),
    ("endpoints/{name}/redeploy", "/endpoints/chat/redeploy", {"name": "chat"}),
    ("a.b/{x}", "/aXb/1", None),
]


@pytest.mark.parametrize(("template", "path", "expected"), CASES)
def test_route_templates_match_as_in_asp_net(
    template: str, path: str, expected: dict[str, str] | None
) -> None:
    assert compile_template(template).match(path) == expected


def test_literals_have_precedence_over_parameters_and_parameters_over_catch_alls() -> None:
    texts = ["a/{*rest}", "a/{b}", "a/{b:int}", "a/b"]
    ordered = sorted((compile_template(text) for text in texts), key=lambda each: each.precedence)
    assert [each.text for each in ordered] == ["a/b", "a/{b:int}", "a/{b}", "a/{*rest}"]


def test_an_unknown_constraint_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown route constraint 'prime'"):
        compile_template("a/{b:prime}")
