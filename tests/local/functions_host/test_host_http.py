import concurrent.futures
import signal

import httpx

from tests.local.functions_host.host_stack import KEY, Stack
from tests.local.part import eventually


def test_request_reaches_its_function_as_in_azure(shared: Stack) -> None:
    answer = shared.http.post(
        "/api/echo/abc/7?q=1&q=2&empty=&name=a%20b", content="body", headers={"X-Mixed": "Yes"}
    )
    seen = answer.json()
    assert answer.headers["content-type"].startswith("application/json")
    assert seen["method"] == "POST"
    assert seen["url"].endswith("/api/echo/abc/7?q=1&q=2&empty=&name=a%20b")
    assert seen["query"] == {"q": "1,2", "name": "a b"}
    assert seen["route"] == {"kind": "abc", "id": "7"}
    assert seen["body"] == "body"
    assert seen["headers"]["x-mixed"] == "Yes"


def test_keys_routes_methods_and_failures(shared: Stack) -> None:
    http, master = shared.http, {"x-functions-key": shared.host.facts["master_key"]}
    with httpx.Client(base_url=shared.host.facts["url"]) as stranger:
        assert stranger.get("/api/echo/abc").status_code == 401
        assert stranger.get("/api/echo/abc?code=wrong").status_code == 401
        assert stranger.get(f"/api/echo/abc?code={KEY}").status_code == 200
        assert stranger.get("/api/files/a/b%20c.txt").content == b"a/b c.txt"
        assert stranger.get("/api/files/x").status_code == 203
        assert stranger.get("/admin/host/status").status_code == 401
    assert http.get("/api/secret").status_code == 401
    assert http.get("/api/secret", headers=master).text == "for the master"
    assert http.get("/API/Echo/abc").status_code == 200
    assert http.get("/api/echo/abc/seven").status_code == 404
    assert http.get("/api/echo/a1").status_code == 404
    assert http.get("/api/echo/fixed").text == "fixed"
    assert http.delete("/api/echo/abc").status_code == 404
    assert http.get("/api/nothing").status_code == 404
    head = http.head("/api/echo/abc")
    assert (head.status_code, head.content) == (200, b"")
    broken = http.get("/api/broken")
    assert (broken.status_code, broken.content) == (500, b"")
    log = shared.log.read_text()
    assert "function broken failed: RuntimeError: not for the caller's eyes" in log
    assert "the app's own stdout" in log
    status = http.get("/admin/host/status", headers=master)
    assert status.json()["state"] == "Running"


def test_sigterm_lets_a_running_request_end(stack: Stack) -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(stack.http.get, "/api/slow")
        eventually(lambda: stack.seen("slow request"))
        stack.host.process.send_signal(signal.SIGTERM)
        assert answer.result(60).text == "ended"
        assert stack.host.process.wait(180) == 0


def test_sigterm_does_not_wait_for_a_hanging_function(stack: Stack) -> None:
    stack.start("pauses", "job", 600)
    eventually(lambda: stack.seen("slow begun"))
    assert stack.host.stop() == 0
