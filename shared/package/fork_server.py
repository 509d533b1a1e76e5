"""A process that has loaded all that reads packages, and forks itself for each call.

It is started by `forks`, and ends with the app. It has one thread, so that its forks are safe, and
it reads no package itself. Each call comes with a socket: its fork reads the call from there,
answers, and ends; a second fork waits for the first, and adds how it ended.
"""

import gc
import os
import signal
import socket
import sys
import traceback

from shared.package.child import answer_to


def serve(door: socket.socket) -> None:
    """Take calls until the app has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # what has ended leaves nothing behind
    gc.freeze()
    while True:
        message, sockets, _, _ = socket.recv_fds(door, 1, 1)
        if not message:
            return
        (number,) = sockets
        if os.fork() == 0:
            door.close()
            _watch(socket.socket(fileno=number))
        os.close(number)


def _watch(call: socket.socket) -> None:
    """Let a fork answer the call; add its exit status to the answer, and end."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        worker = os.fork()
        if worker == 0:
            _work(call)
        _, status = os.waitpid(worker, 0)
        call.sendall(b"\n%d" % os.waitstatus_to_exitcode(status))
    finally:
        os._exit(0)


def _work(call: socket.socket) -> None:
    """Answer the call, and end; with 1 if it is answered by the traceback of a defect."""
    code = 1
    try:
        with call.makefile("rw", encoding="utf-8") as file:
            asked = file.read()
            try:
                file.write(answer_to(asked))
                code = 0
            except Exception:
                file.write(traceback.format_exc())
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
