"""Serve one flow with the prompt flow runtime, as its image does. Runs inside the runtime's venv.

    python -P launch.py --socket FD --threads N

The image runs `promptflow.core._serving.app:create_app(extension_type='azureml')`; the environment
says which engine it uses, and whether it serves at all. Waitress replaces gunicorn: one process
with threads, which ends with its stdin, so that no flow outlives its parent. The listening socket
is inherited, so that no other process can take its port.
"""

import argparse
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

EXPORT_S = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="launch.py")
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    flags = parser.parse_args()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    if not serves(os.environ, Path(os.environ["AZUREML_MODEL_DIR"])):
        print(
            "PROMPTFLOW_RUN_MODE is not 'serving', and neither MLmodel nor flow.dag.yaml lies in "
            "AZUREML_MODEL_DIR or its single subfolder: starting the compute runtime.\n"
            "ERROR: the compute runtime does not serve a flow: it has no /health and no /score.",
            flush=True,
        )
        return 1
    listening = socket.socket(fileno=flags.socket)
    if os.environ.get("PROMPTFLOW_SERVING_ENGINE", "flask") == "fastapi":
        _serve_fastapi(listening)
    else:
        _serve_flask(listening, flags.threads)
    return 0


def serves(environ: Mapping[str, str], model_dir: Path) -> bool:
    """Return whether the image would serve a flow; otherwise it starts the compute runtime.

    If PROMPTFLOW_RUN_MODE is unset, the model folder decides; a flex flow is not recognised.
    """
    mode = environ.get("PROMPTFLOW_RUN_MODE")
    if mode:
        return mode == "serving"
    inside = list(model_dir.iterdir())
    folders = [model_dir, *(inside if len(inside) == 1 else [])]
    return any((folder / name).is_file() for folder in folders for name in _MARKER_FILES)


_MARKER_FILES = ("MLmodel", "flow.dag.yaml")


def _serve_flask(listening: socket.socket, threads: int) -> None:
    import waitress  # type: ignore[import-untyped]  # noqa: PLC0415 - only this engine needs it
    from promptflow.core._serving.app import create_app  # noqa: PLC0415 - after the mode is known

    app = create_app(extension_type="azureml")
    _export_often()
    waitress.serve(
        app,
        sockets=[listening],
        threads=threads,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,
    )


def _serve_fastapi(listening: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415 - only this engine needs it
    from promptflow.core._serving.app import create_app  # noqa: PLC0415 - after the mode is known

    app = create_app(engine="fastapi", extension_type="azureml")
    _export_often()
    uvicorn.Server(uvicorn.Config(app, log_config=None)).run(sockets=[listening])


def _export_often() -> None:
    """Export metrics every second: the runtime itself does every minute, ignoring settings."""
    from opentelemetry import metrics  # noqa: PLC0415 - after the runtime created its provider

    # Without an exporter the provider is a no-op without force_flush.
    flush = getattr(metrics.get_meter_provider(), "force_flush", None)

    def export() -> None:
        while flush:
            time.sleep(EXPORT_S)
            flush()

    threading.Thread(target=export, daemon=True).start()


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
