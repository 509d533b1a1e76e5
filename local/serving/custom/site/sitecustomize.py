"""Give the server of a container the port that the local stack has opened for it.

Python imports this at its start in each process of the container. `LOCAL_STACK_PORT` is the port
inside the container and the number of the inherited socket, which listens on loopback: binding
every address at that port takes the socket. Whatever else is bound stays on loopback, at a free
port, where nobody asks: a real container's loopback is not reached from outside either.
"""

import os
import socket
import sys
from typing import Any

_EVERY = frozenset({"", "0.0.0.0", "::"})


def _install(port: int, number: int) -> None:
    bind = socket.socket.bind

    def bound(self: socket.socket, address: Any) -> None:
        if self.family not in {socket.AF_INET, socket.AF_INET6} or self.type != socket.SOCK_STREAM:
            bind(self, address)
        elif address[1] == port and address[0] in _EVERY:
            os.dup2(number, self.fileno(), inheritable=self.get_inheritable())
        else:
            bind(self, ("::1" if self.family == socket.AF_INET6 else "127.0.0.1", 0))

    socket.socket.bind = bound  # type: ignore[assignment, method-assign]
    # It binds by itself; servers do without it.
    sys.modules["uvloop"] = None  # type: ignore[assignment]


if "LOCAL_STACK_PORT" in os.environ:
    # Gunicorn would take the socket wherever it is told to listen.
    os.environ.pop("LISTEN_FDS", None)
    _install(*map(int, os.environ["LOCAL_STACK_PORT"].split(":")))
