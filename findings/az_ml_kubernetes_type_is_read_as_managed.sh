#!/bin/sh
# azure-ai-ml's schema takes `type: Kubernetes` and `type: kubernetes` for a deployment alike (its
# enum ignores the case), and the entity's own `type` is written `Kubernetes`. But the loader
# compares with `kubernetes` exactly: the other spelling is loaded, without a word, as a *managed*
# online deployment, and `$schema: .../kubernetesOnlineDeployment.schema.json` is not looked at.
# So the file goes to another kind of compute than it says.
# A good engineer would have guessed that both spellings make a KubernetesOnlineDeployment.
# Exits 0 while this is so, 1 once it changes.
set -eu

VERSION=1.35.2
PYTHON=${PYTHON:-python3}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
"$PYTHON" -m venv "$here/venv"
"$here/venv/bin/pip" install --quiet --disable-pip-version-check "azure-ai-ml==$VERSION"

cat > "$here/show.py" <<'PY'
import pathlib
import sys

from azure.ai.ml import load_online_deployment

REST = """name: blue
endpoint_name: chat
model: azureml:m:1
environment: azureml:e:1
instance_type: defaultinstancetype
"""
SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/kubernetesOnlineDeployment.schema.json\n"
said = {
    "type: kubernetes": "type: kubernetes\n",
    "type: Kubernetes": "type: Kubernetes\n",
    "$schema alone": SCHEMA,
}
made = {}
for what, lines in said.items():
    file = pathlib.Path(sys.argv[1], "deployment.yml")
    file.write_text(lines + REST)
    made[what] = type(load_online_deployment(file)).__name__
    print(f"{what:20} -> {made[what]}")
expected = ["KubernetesOnlineDeployment", "ManagedOnlineDeployment", "ManagedOnlineDeployment"]
if list(made.values()) != expected:
    sys.exit("changed: the loader makes something else of them now")
PY

echo "azure-ai-ml $VERSION"
"$here/venv/bin/python" -W ignore "$here/show.py" "$here"
