"""Run Azure's inference server over a scoring script, as its images do.

    python -P launch.py --socket FD

Runs inside the environment of the script. The server itself is not changed: its gunicorn takes the
inherited socket as one that systemd has opened, so that it listens there alone, and not on every
address of the machine. It ends with this process's stdin, so that it cannot outlive its parent.
"""

import argparse
import os
import signal
import sys
import threading

SERVER = "azureml_inference_server_http"
_FIRST_SOCKET = 3
"""Where a process that systemd starts finds the first socket."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="launch.py")
    parser.add_argument("--socket", type=int, required=True)
    flags = parser.parse_args()
    child = os.fork()
    if child == 0:
        _serve(flags.socket)
    os.close(flags.socket)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _serve(number: int) -> None:
    """Become the server."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.dup2(number, _FIRST_SOCKET, inheritable=True)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    command = ["-m", SERVER, "--entry_script", os.environ["AZUREML_ENTRY_SCRIPT"]]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - no shell is meant


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
