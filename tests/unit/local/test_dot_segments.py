import pytest

from local.functions_host.web.dots import remove_dot_segments


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/api/endpoints/x", "/api/endpoints/x"),
        ("/api/endpoints/x/deployments/..", "/api/endpoints/x"),
        ("/api/endpoints/x/deployments/%2e%2E", "/api/endpoints/x"),
        ("/api/./jobs/", "/api/jobs/"),
        ("/../../api", "/api"),
        ("/api/jobs/..%2fx", "/api/jobs/..%2fx"),
        ("/api/jobs/...", "/api/jobs/..."),
    ],
)
def test_dot_segments_are_removed_before_routing(path: str, seen: str):
    assert remove_dot_segments(path) == seen
