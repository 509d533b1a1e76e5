"""A small app with every kind of trigger that the host supports."""

import asyncio
import json
import os
import time
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from azurefunctions.extensions.bindings import blob
from durable import bp
from journal import note

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(bp)
print("this is the app's own stdout")


def _json(document: Any, status: int = 200) -> func.HttpResponse:
    text = json.dumps(document, default=str)
    return func.HttpResponse(text, status_code=status, mimetype="application/json")


@app.route(route="echo/{kind:alpha}/{id:int?}", methods=["GET", "POST", "HEAD"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    return _json(
        {
            "method": req.method,
            "url": req.url,
            "headers": dict(req.headers),
            "query": dict(req.params),
            "route": dict(req.route_params),
            "body": req.get_body().decode(),
        }
    )


@app.route(route="echo/fixed", methods=["GET"])
def echo_fixed(req: func.HttpRequest) -> str:
    return "fixed"


@app.route(route="files/{*path}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def files(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.route_params["path"].encode(), status_code=203)


@app.route(route="secret", auth_level=func.AuthLevel.ADMIN)
def secret(req: func.HttpRequest) -> str:
    return "for the master"


@app.route(route="broken")
def broken(req: func.HttpRequest) -> str:
    raise RuntimeError("not for the caller's eyes")


@app.route(route="slow")
def slow_http(req: func.HttpRequest) -> str:
    note("slow request")
    time.sleep(1)
    return "ended"


@app.route(route="start/{name}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    given = json.loads(req.get_body() or b"null")
    instance = await client.start_new(req.route_params["name"], req.params.get("id"), given)
    return client.create_check_status_response(req, instance)


@app.route(route="status/{id}", methods=["GET"])
@app.durable_client_input(client_name="client")
async def status(req: func.HttpRequest, client: Any) -> func.HttpResponse:
    state = await client.get_status(req.route_params["id"])
    return _json({"status": str(state.runtime_status), "output": state.output})


@app.blob_trigger(
    arg_name="client",
    path="%PREFIX%-flows/{name}.zip",
    connection="SampleStorage",
    source=func.BlobSource.LOGS_AND_CONTAINER_SCAN,
)
def on_package(client: blob.BlobClient) -> None:
    note("package", container=client.container_name, name=client.blob_name)
    if "bad" in client.blob_name:
        raise RuntimeError("bad package")


@app.blob_trigger(
    arg_name="given",
    path="%PREFIX%-texts/{name}.txt",
    connection="SampleStorage",
    source=func.BlobSource.EVENT_GRID,
)
def on_event(given: func.InputStream) -> None:
    note("event", name=given.name, body=given.read().decode())
    if "bad" in given.name:
        raise RuntimeError("bad event")


@app.blob_trigger(arg_name="given", path="%PREFIX%-texts/{name}.txt", connection="SampleStorage")
def on_text(given: func.InputStream) -> None:
    note(
        "text",
        name=given.name,
        uri=given.uri,
        length=given.length,
        body=given.read().decode(),
        metadata=given.metadata,
    )
    if given.name and "hang" in given.name:
        time.sleep(60)


@app.blob_trigger(
    arg_name="given",
    path="%PREFIX%-binaries/{name}",
    connection="SampleStorage",
    data_type="BINARY",
)
def on_binary(given: func.InputStream) -> None:
    note("binary", name=given.name, body=given.read().hex())


@app.service_bus_queue_trigger(
    arg_name="message", queue_name="%REQUESTS%", connection="SampleServiceBus"
)
@app.durable_client_input(client_name="client")
async def on_message(message: func.ServiceBusMessage, client: Any) -> None:
    note(
        "message",
        body=message.get_body().decode("utf-8", "replace"),
        id=message.message_id,
        count=message.delivery_count,
        correlation=message.correlation_id,
        subject=message.subject,
        content_type=message.content_type,
        properties=message.application_properties,
        user=message.user_properties,
        sequence=message.sequence_number,
        enqueued=message.enqueued_time_utc,
        expires=message.expires_at_utc,
        locked=message.locked_until,
        token=message.lock_token,
        ttl=message.time_to_live,
        metadata=sorted(message.metadata or {}),
    )
    if b"fail" in message.get_body():
        raise RuntimeError("failing message")
    if b"wait" in message.get_body():
        await asyncio.sleep(8)
        note("waited", id=message.message_id)


@app.timer_trigger(
    arg_name="timer", schedule="%SCHEDULE%", run_on_startup=os.environ.get("EAGER") == "1"
)
def on_timer(timer: func.TimerRequest) -> None:
    note("timer", past_due=timer.past_due, status=timer.schedule_status)
