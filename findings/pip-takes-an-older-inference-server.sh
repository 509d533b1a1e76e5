#!/bin/sh
# azureml-inference-server-http 1.5.1 pins opentelemetry-api 1.33.0, and agent-framework-core 1.23.0
# needs 1.39 or newer. Asked for both, pip takes the server 1.4.1, and neither warns nor fails.
# `sluice check --index URL` tells it.
#
# Run: sh findings/pip-takes-an-older-inference-server.sh    (needs python3.13 and a package index)
# Seen: pip 26.3
#   installed: azureml-inference-server-http 1.4.1, agent-framework-core 1.23.0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.13 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pip==26.3
"$folder/venv/bin/pip" --version
cat >"$folder/asked.txt" <<'ASKED'
azureml-inference-server-http<=1.5.1
agent-framework-core==1.23.0
ASKED
"$folder/venv/bin/pip" install --quiet --dry-run --only-binary :all: --report "$folder/report.json" \
	-r "$folder/asked.txt" 2>"$folder/said.txt"
"$folder/venv/bin/python" - "$folder/report.json" "$folder/said.txt" <<'PYTHON'
import json
import sys

report, said = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
found = {it["metadata"]["name"].lower(): it["metadata"]["version"] for it in json.loads(report)["install"]}
server = found["azureml-inference-server-http"]
print(f"installed: azureml-inference-server-http {server}, agent-framework-core {found['agent-framework-core']}")
assert server == "1.4.1", "this has changed"
assert "1.5.1" not in said, "pip tells it now"
PYTHON
