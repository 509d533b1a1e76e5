"""A free port of this machine, listening already, so that nobody else can take it."""

import socket


def listen(port: int = 0) -> socket.socket:
    """A socket that listens on 127.0.0.1 at `port`, or at a free one.

    Small answers go out at once: asyncio sees to that only for sockets whose protocol is named,
    and `socket.create_server` names none. Accepted connections inherit the option on Linux.
    """
    listening = socket.create_server(("127.0.0.1", port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
