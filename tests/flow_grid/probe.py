"""Run flow folders in the prompt flow runtime: does each start, and what does it answer?

Runs inside the runtime's venv: `python -P probe.py`. Reads one JSON line a folder
(`{"folder": ..., "request": ..., "environ": {...}}`) from stdin and writes one a verdict. Every
folder is loaded by a fork of this process, so that the runtime is imported once, and no flow sees
what another one has left in `sys.modules`, `os.environ` or the runtime's own caches.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

_LIMIT_S = 60


def main() -> None:
    _import_runtime()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_in_a_fork(asked)), flush=True)


def _import_runtime() -> None:
    """Import what the first flow would import, before the first fork."""
    import promptflow.core._serving.v1.app  # noqa: PLC0415
    import promptflow.executor._prompty_executor  # noqa: PLC0415
    import promptflow.executor.flow_executor  # noqa: PLC0415
    import promptflow.tools  # noqa: F401, PLC0415


def _in_a_fork(asked: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(asked, reading, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        output = pipe.read()
    os.waitpid(child, 0)
    ended = {"start": "the process ended without a word", "status": None, "body": ""}
    return json.loads(output) if output else ended


def _child(asked: dict[str, Any], reading: int, writing: int) -> None:
    """Never returns."""
    import signal  # noqa: PLC0415

    os.close(reading)
    signal.alarm(_LIMIT_S)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.environ.update(asked["environ"])
    os.environ["AZUREML_MODEL_DIR"] = str(Path(asked["folder"]).parent)
    os.chdir(Path(asked["folder"]).parent)
    verdict: dict[str, Any] = {"start": None, "status": None, "body": ""}
    try:
        from promptflow.core._serving.app import create_app  # noqa: PLC0415

        app = create_app(extension_type="azureml")
    except BaseException as error:
        verdict["start"] = _describe(error)
    else:
        try:
            answer = app.test_client().post("/score", json=asked["request"])
            verdict |= {"status": answer.status_code, "body": answer.get_data(as_text=True)[:400]}
        except BaseException:
            verdict |= {"status": 500, "body": traceback.format_exc()[-400:]}
    os.write(writing, json.dumps(verdict).encode())
    os._exit(0)


def _describe(error: BaseException) -> str:
    """Return type and message of the error and of its causes, in one line."""
    parts = list[str]()
    cause: BaseException | None = error
    while cause is not None and len(parts) < 4:
        parts.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return " <- ".join(" ".join(each.split())[:300] for each in parts)


if __name__ == "__main__":
    main()
