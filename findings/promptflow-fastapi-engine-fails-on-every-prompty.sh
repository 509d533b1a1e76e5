#!/bin/sh
# promptflow 1.18.5: the serving engine 'fastapi' starts for a folder with one prompty, reports
# itself healthy, and answers each call with 500: its asynchronous path asks the executor of
# prompties for '_func_async', which only the executor of flex flows has. With the engine 'flask'
# (the default) the same folder answers.
#
# Documentation offers both engines for any flow (PROMPTFLOW_SERVING_ENGINE).
#
# Seen:
#   flask    health 200  score 200  "Hello Bob"
#   fastapi  health 200  score 500  'PromptyExecutor' object has no attribute '_func_async'
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q promptflow==1.18.5 httpx==0.28.1 fastapi==0.141.1 openai==1.109.1 \
    "setuptools==80.9.0" > "$place/pip.log" 2>&1 || { tail -5 "$place/pip.log"; exit 1; }
mkdir "$place/flow"
cat > "$place/flow/greet.prompty" <<'PROMPTY'
---
name: greet
model:
  api: chat
  configuration:
    type: openai
    model: any
    api_key: none
    base_url: ${env:MODEL_URL}
  parameters: {}
inputs:
  name: {type: string}
---
user:
Greet {{name}}.
PROMPTY
cat > "$place/run.py" <<'PY'
import http.server
import json
import logging
import os
import sys
import threading


class Model(http.server.BaseHTTPRequestHandler):
    """A chat model on loopback that greets."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": "Hello Bob"}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "any",
                  "choices": [choice],
                  "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["MODEL_URL"] = f"http://127.0.0.1:{server.server_port}/v1"

from promptflow.core._serving.app import create_app

logging.disable(logging.CRITICAL)
engine = sys.argv[1]
app = create_app(engine=engine)
if engine == "fastapi":
    from fastapi.testclient import TestClient

    client = TestClient(app, raise_server_exceptions=False)
else:
    client = app.test_client()
health = client.get("/health")
score = client.post("/score", json={"name": "Bob"})
text = score.text if isinstance(score.text, str) else score.get_data(as_text=True)
try:
    said = json.loads(text)["error"]["message"]
except (KeyError, TypeError):
    said = text.strip()
print(f"{engine:8} health {health.status_code}  score {score.status_code}  {said}")
PY
cd "$place"
export PROMPTFLOW_PROJECT_PATH="$place/flow" PF_DISABLE_TRACING=true HOME="$place"
for engine in flask fastapi; do
    "$place/venv/bin/python" run.py "$engine" 2> "$place/$engine.err" | tail -1 | tee "$place/$engine.txt"
done
grep -q "score 200" flask.txt || { echo "changed: flask no longer answers"; tail -5 flask.err; exit 1; }
grep -q "score 500.*_func_async" fastapi.txt || { echo "changed: fastapi answers otherwise"; exit 1; }
