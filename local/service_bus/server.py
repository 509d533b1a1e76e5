"""The listener on loopback."""

import asyncio
from collections.abc import Mapping
from typing import Final

from local.service_bus.broker import Broker
from local.service_bus.cbs import Gate
from local.service_bus.connection import Connection
from local.service_bus.journal import Journal

HOST: Final = "127.0.0.1"


class Server:
    """`keys` are shared access keys by name; without any, every client is accepted."""

    def __init__(self, broker: Broker, journal: Journal, keys: Mapping[str, str]) -> None:
        self._broker = broker
        self._journal = journal
        self._keys = keys
        self._connections: set[Connection] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen, and return the port (a free one for 0). Raises OSError."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._connect, HOST, port)
        return int(self._listener.sockets[0].getsockname()[1])

    def stop(self) -> None:
        if self._listener:
            self._listener.close()
        for connection in list(self._connections):
            connection.abort()

    def _connect(self) -> Connection:
        gate = Gate(self._keys)
        connection = Connection(self._broker, gate, self._journal, self._connections.discard)
        self._connections.add(connection)
        return connection
