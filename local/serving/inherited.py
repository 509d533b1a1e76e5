"""Run the command of an image, on a socket that it inherits as from systemd.

    python -I -S inherited.py COMMAND ... --socket=FD

The command is not changed: gunicorn takes the inherited socket as one that systemd has opened, so
that it listens there alone, and not on every address of the machine. It ends with this process's
stdin, so that it cannot outlive its parent.
"""

import os
import signal
import sys
import threading

_FIRST_SOCKET = 3
"""Where a process that systemd starts finds the first socket."""
_NOT_FOUND = 127
"""How a shell ends where there is no such program."""


def main() -> int:
    *command, socket = sys.argv[1:]
    number = int(socket.removeprefix("--socket="))
    child = os.fork()
    if child == 0:
        _become(command, number)
    os.close(number)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become(command: list[str], number: int) -> None:
    """Become the program of the command."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.dup2(number, _FIRST_SOCKET)
    os.set_inheritable(_FIRST_SOCKET, True)
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is meant
    except OSError as error:
        print(f'exec: "{command[0]}": {error.strerror}', file=sys.stderr, flush=True)
        os._exit(_NOT_FOUND)


def _end_with_stdin() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
