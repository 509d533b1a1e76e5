"""Listening sockets on loopback, so that no other process can take the port."""

import socket


def listen(port: int = 0) -> socket.socket:
    """Open a socket that listens on 127.0.0.1 at `port` (0: a free one).

    Sets TCP_NODELAY so that small answers are sent at once: asyncio sets it only on sockets with a
    named protocol, unlike those of `socket.create_server`. On Linux, accepted connections inherit
    it.
    """
    listening = socket.create_server(("127.0.0.1", port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
