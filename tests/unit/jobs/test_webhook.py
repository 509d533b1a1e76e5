"""The webhook: called at least once, bounded, signed, and without effect on the queue."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.adapters.webhook import SIGNATURE, HttpWebhook
from shared.domain.failure import AzureFailure, Refused, Unavailable
from shared.ports import Json
from shared.settings import WrongSettings, read_settings
from shared.steps.views.jobs import describe_job
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, make_world

NEEDED = {"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "g", "AZURE_ML_WORKSPACE": "w"}


class FakeWebhook:
    """A webhook in memory; `failure` is what it answers with."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self.failure: AzureFailure | None = None

    def send(self, event: Json) -> None:
        if self.failure is not None:
            raise self.failure
        self.events.append(event)


@pytest.fixture
def webhook() -> FakeWebhook:
    return FakeWebhook()


def test_the_webhook_gets_the_same_result_as_the_queue(webhook: FakeWebhook):
    world = make_world(webhook=webhook)
    world.deploy()

    assert webhook.events == [world.bus.results[-1].event]
    assert _recorded_failure(world) is None


def test_a_failing_webhook_is_recorded_and_does_not_affect_the_job(webhook: FakeWebhook):
    world = make_world(webhook=webhook)
    webhook.failure = Unavailable("WebhookFailed", "The webhook answers 500.", status=500)

    assert world.deploy()["outcome"] == "succeeded"
    assert "answers 500" in str(_recorded_failure(world))
    assert world.ledger.open_jobs() == ()


def test_a_webhook_called_just_before_a_crash_is_called_again(webhook: FakeWebhook):
    world = make_world(webhook=webhook)
    job = world.drop()
    tell = webhook.send

    def die(event: Json) -> None:
        webhook.send = tell  # type: ignore[method-assign]
        tell(event)
        raise Crash

    webhook.send = die  # type: ignore[method-assign]
    with pytest.raises(Crash):
        world.engine.run(job)
    FakeEngine(world.ports, world.clock).run(job)

    assert len(webhook.events) == 2
    assert len(world.bus.results) == 1


def _recorded_failure(world: World) -> str | None:
    shown = describe_job(world.ports, world.last["job"])
    assert shown is not None
    failure: str | None = shown["webhook"]["failure"]
    return failure


# ------------------------------------------------------------------ over HTTP


class Receiver:
    """Answers with the given statuses in turn, the last one for good."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[bytes] = []
        self.headers: dict[str, str] = {}
        self.url = ""


@pytest.fixture
def receiver(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    own = Receiver(*request.param)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            own.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            own.headers = dict(self.headers)
            status = own.statuses.pop(0) if len(own.statuses) > 1 else own.statuses[0]
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    own.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield own
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("receiver", [(204,)], indirect=True)
def test_the_raw_body_is_signed(receiver: Receiver):
    HttpWebhook(receiver.url, "secret").send({"data": {"endpoint": "é"}})

    digest = hmac.new(b"secret", receiver.bodies[0], hashlib.sha256).hexdigest()
    assert receiver.headers[SIGNATURE] == f"sha256={digest}"
    assert json.loads(receiver.bodies[0]) == {"data": {"endpoint": "é"}}
    assert receiver.headers["Content-Type"] == "application/cloudevents+json"


@pytest.mark.parametrize("receiver", [(204,)], indirect=True)
def test_without_a_secret_there_is_no_signature(receiver: Receiver):
    HttpWebhook(receiver.url).send({})

    assert SIGNATURE not in receiver.headers


@pytest.mark.parametrize("receiver", [(503, 500, 200)], indirect=True)
def test_a_webhook_is_tried_up_to_three_times(receiver: Receiver):
    HttpWebhook(receiver.url).send({})

    assert len(receiver.bodies) == 3


@pytest.mark.parametrize("receiver", [(503,)], indirect=True)
def test_a_webhook_is_given_up_after_three_attempts(receiver: Receiver):
    with pytest.raises(Unavailable):
        HttpWebhook(receiver.url).send({})

    assert len(receiver.bodies) == 3


@pytest.mark.parametrize("receiver", [(302,), (404,)], indirect=True)
def test_a_redirect_or_a_refusal_is_not_tried_again(receiver: Receiver):
    with pytest.raises(Refused):
        HttpWebhook(receiver.url).send({})

    assert len(receiver.bodies) == 1


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize("url", ["https://example.org/hook", "http://127.0.0.1:8080/hook"])
def test_webhook_urls_on_https_and_loopback_are_accepted(url: str):
    assert read_settings({**NEEDED, "WEBHOOK_URL": url}).webhook_url == url


@pytest.mark.parametrize("url", ["http://example.org/hook", "example.org", "ftp://127.0.0.1/"])
def test_other_webhook_urls_are_refused(url: str):
    with pytest.raises(WrongSettings, match="https"):
        read_settings({**NEEDED, "WEBHOOK_URL": url})


def test_the_webhook_secret_is_not_printed():
    assert "s3cret" not in repr(read_settings({**NEEDED, "WEBHOOK_SECRET": "s3cret"}))
