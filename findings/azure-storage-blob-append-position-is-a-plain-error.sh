#!/bin/sh
# azure-storage-blob raises ResourceModifiedError where the condition of a write is not met: 412 for
# an ETag that has changed (if_match), for uploads, metadata and appended blocks alike. Whoever
# appends at a position (append_block(appendpos_condition=...)) that has passed gets 412 as well,
# error code AppendPositionConditionNotMet, but as a plain HttpResponseError: its code is not among
# those that the library translates. So `except ResourceModifiedError`, which is right for every
# other conditional write, lets the append's error through.
# A good engineer would have guessed that a condition that is not met is one kind of error.
# Exits 0 while this is so, 1 once it changes. Needs Node, for Azurite.
set -eu

VERSION=12.31.1
AZURITE=3.35.0
PYTHON=${PYTHON:-python3}
here=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" || true; rm -rf "$here"' EXIT
"$PYTHON" -m venv "$here/venv"
"$here/venv/bin/pip" install --quiet --disable-pip-version-check "azure-storage-blob==$VERSION"
npm install --ignore-scripts --silent --no-fund --no-audit --prefix "$here" "azurite@$AZURITE" > /dev/null

port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
AZURITE_ACCOUNTS=some:c29tZSBrZXkgb2YgdGhlIGVtdWxhdG9y "$here/node_modules/.bin/azurite-blob" \
    --location "$here/data" --blobPort "$port" --silent --skipApiVersionCheck > "$here/log" 2>&1 &
server=$!

cat > "$here/show.py" <<'PY'
import sys
import time
from importlib.metadata import version

from azure.core.exceptions import HttpResponseError, ServiceRequestError
from azure.storage.blob import BlobServiceClient

port = sys.argv[1]
account = BlobServiceClient.from_connection_string(
    "DefaultEndpointsProtocol=http;AccountName=some;AccountKey=c29tZSBrZXkgb2YgdGhlIGVtdWxhdG9y;"
    f"BlobEndpoint=http://127.0.0.1:{port}/some;",
    retry_total=0,
)
for _ in range(120):
    try:
        container = account.create_container("notes")
    except ServiceRequestError:
        time.sleep(0.5)
    else:
        break
blob = container.get_blob_client("log")
old = blob.create_append_blob()["etag"]
blob.append_block(b"first", appendpos_condition=0)


def raised(call):
    try:
        call()
    except HttpResponseError as error:
        return type(error).__name__, error.status_code, str(getattr(error.error_code, "value", error.error_code))
    return "nothing", 0, ""


from azure.core import MatchConditions

stale = {"etag": old, "match_condition": MatchConditions.IfNotModified}
seen = {
    "set_blob_metadata, ETag changed": raised(lambda: blob.set_blob_metadata({"a": "b"}, **stale)),
    "append_block, ETag changed": raised(lambda: blob.append_block(b"second", **stale)),
    "append_block, position passed": raised(lambda: blob.append_block(b"second", appendpos_condition=0)),
}
print("azure-storage-blob", version("azure-storage-blob"))
for what, (kind, status, code) in seen.items():
    print(f"{what:32} {status} {code:32} {kind}")
assert list(seen.values()) == [
    ("ResourceModifiedError", 412, "ConditionNotMet"),
    ("ResourceModifiedError", 412, "ConditionNotMet"),
    ("HttpResponseError", 412, "AppendPositionConditionNotMet"),
], "the behaviour has changed"
PY
"$here/venv/bin/python" "$here/show.py" "$port"
