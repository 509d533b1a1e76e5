"""The CONNECT proxy: tunnels Azure's hosts to our own server and refuses everything else."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

_LOG = logging.getLogger(__name__)
_CHUNK = 65_536


class Proxy:
    """Tunnels to one TLS server on loopback for the hosts that `is_local` accepts."""

    def __init__(self, is_local: Callable[[str], bool]) -> None:
        self._is_local = is_local
        self._tls_port = 0
        self._tunnels: dict[int, asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def start(self, port: int, tls_port: int) -> int:
        """Listen, and return the port (a free one for 0). `tls_port` is that of our server."""
        self._tls_port = tls_port
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    def drop(self, port: int) -> None:
        """Cut the client's connection whose tunnel reaches the server from this port."""
        if client := self._tunnels.get(port):
            client.transport.abort()

    async def close(self) -> None:
        if self._server:
            self._server.close()
        for client in list(self._tunnels.values()):
            client.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self._accept(reader, writer):
                await self._tunnel(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client or the server went away, or it does not speak HTTP
        finally:
            writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
        host = target.rpartition(":")[0].lower()
        if method == "CONNECT" and self._is_local(host):
            return True
        reason = f"{target} is not part of the local cloud"
        if method != "CONNECT":
            reason = "this proxy supports CONNECT only"
        _LOG.warning("refused: %s", reason)
        body = f"{reason}\n".encode()
        writer.write(
            f"HTTP/1.1 403 {reason}\r\ncontent-type: text/plain\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n".encode()
        )
        writer.write(body)
        await writer.drain()
        return False

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._tls_port)
        port = int(to_writer.get_extra_info("sockname")[1])
        self._tunnels[port] = writer
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pipe(reader, to_writer), _pipe(to_reader, writer))
        finally:
            del self._tunnels[port]
            to_writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
