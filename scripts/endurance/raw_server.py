"""A loopback server that sends the very bytes that it is told to, over TCP or TLS."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO


class HangUpError(Exception):
    """Raised while a response is sent, to close the connection at this point."""


Respond = Callable[[str], Iterable[bytes]]
"""Yields the bytes of the response to a request for this target. Each piece is sent on its own."""


class RawServer(socketserver.ThreadingTCPServer):
    """Answers each GET request with whatever `respond` yields, on connections that stay open."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, respond: Respond, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.tls = tls

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, RawServer)
        # A client that hangs up, and a TLS handshake that fails, are a matter of course here.
        with contextlib.suppress(OSError, HangUpError), contextlib.ExitStack() as stack:
            connection = self.request
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.tls:
                connection = stack.enter_context(server.tls.wrap_socket(connection, server_side=True))
            lines = stack.enter_context(connection.makefile("rb"))
            while target := read_target(lines):
                for piece in server.respond(target):
                    connection.sendall(piece)


def read_target(lines: BinaryIO) -> str | None:
    """Read the head of a request without a body. Return its target, or None if the client has hung up."""
    first = lines.readline()
    while lines.readline().strip():
        pass
    parts = first.decode("latin-1").split()
    return parts[1] if len(parts) > 1 else None


@contextlib.contextmanager
def serve(server: socketserver.BaseServer) -> Iterator[None]:
    """Run a server in a thread of its own."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
