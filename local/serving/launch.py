"""Serve one flow with the prompt flow runtime, as its image does. Runs inside the runtime's venv.

    python -P launch.py --socket FD --threads N

The image runs `promptflow.core._serving.app:create_app(extension_type='azureml')`; which engine it
takes, and whether it serves at all, come from the environment. Waitress stands in for gunicorn: one
process with threads, which ends when its stdin does, so that no flow outlives who started it. The
listening socket is inherited, so that nobody else can take its port.
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
    """Whether the image would serve a flow, or start the runtime that runs them on a compute.

    Unset, PROMPTFLOW_RUN_MODE is guessed from the model folder, and a flex flow is not recognised.
    """
    mode = environ.get("PROMPTFLOW_RUN_MODE")
    if mode:
        return mode == "serving"
    inside = list(model_dir.iterdir())
    folders = [model_dir, *(inside if len(inside) == 1 else [])]
    return any((folder / name).is_file() for folder in folders for name in _SIGNS)


_SIGNS = ("MLmodel", "flow.dag.yaml")


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
    """Send metrics every second: the runtime itself would every minute, whatever is set."""
    from opentelemetry import metrics  # noqa: PLC0415 - the runtime has made its provider by now

    # Without an exporter the provider is a stand-in, which has nothing to send.
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
