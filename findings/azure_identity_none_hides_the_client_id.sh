#!/bin/sh
# DefaultAzureCredential reads AZURE_CLIENT_ID for a user-assigned managed identity, unless the
# keyword managed_identity_client_id is given: None counts as given. A wrapper that passes its own
# optional argument on therefore asks for the system-assigned identity, whatever is set; an app
# that has only a user-assigned one then gets 400. Leave the keyword out instead of passing None.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q azure-identity==1.27.0
"$place/venv/bin/python" - <<'PY'
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

from azure.identity import DefaultAzureCredential

asked = []


class Identities(BaseHTTPRequestHandler):
    """The identity endpoint of App Service."""

    def do_GET(self):
        asked.append(parse_qs(urlsplit(self.path).query).get("client_id", [None])[0])
        body = {"access_token": "t", "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({**body, "resource": "r"}).encode())

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Identities)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(
    IDENTITY_ENDPOINT=f"http://127.0.0.1:{server.server_port}/token",
    IDENTITY_HEADER="h",
    AZURE_CLIENT_ID="from-the-environment",
)
print("azure-identity", version("azure-identity"))
DefaultAzureCredential().get_token("https://management.azure.com/.default")
DefaultAzureCredential(managed_identity_client_id=None).get_token(
    "https://management.azure.com/.default"
)
print("without the keyword: client_id =", asked[0])
print("with None:           client_id =", asked[1])
assert asked == ["from-the-environment", None], "the behaviour has changed"
PY
