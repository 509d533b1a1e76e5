#!/bin/sh
# mlflow-skinny 2.22.5 (and 3.17.2) with pandas, but without scipy: infer_signature of a plain
# DataFrame writes inputs of the type "any", with a warning that names no missing package. A model
# saved so has no names and types of its inputs, and its endpoint no schema.
# Sluice: a signature of the type `any` counts as none (shared/domain/kinds/mlflow_model), and the
# sample writes its signature out.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip="$folder/venv/bin/pip --quiet --disable-pip-version-check"
$pip install mlflow-skinny==2.22.5 pandas==2.3.3 2>/dev/null
cat > "$folder/infer.py" <<'PY'
import mlflow
import pandas as pd
from mlflow.models import infer_signature

print(mlflow.__version__, [it.to_dict() for it in infer_signature(pd.DataFrame({"a": [1.5]})).inputs])
PY
without=$("$folder/venv/bin/python" "$folder/infer.py" 2>"$folder/warning")
cat "$folder/warning"
echo "without scipy: $without"
$pip install scipy==1.16.3 2>/dev/null
with=$("$folder/venv/bin/python" "$folder/infer.py" 2>/dev/null)
echo "with scipy:    $with"
case "$without" in *"'any'"*) ;; *) echo "changed: without scipy the type is known"; exit 1 ;; esac
case "$with" in *"'double'"*) ;; *) echo "changed: with scipy the type is not double"; exit 1 ;; esac
grep -q scipy "$folder/warning" && { echo "changed: the warning names scipy"; exit 1; }
echo "as found"
