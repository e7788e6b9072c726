"""A loopback server that sends exactly the given bytes, over TCP, or over TLS with damaged records."""

import contextlib
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

Respond = Callable[[str], Iterable[bytes]]
Damage = Callable[[bytes], bytes]


class _Tls:
    """The server's side of a TLS connection. Its records pass through memory, where they can be damaged."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, damage: Damage) -> None:
        self._connection, self._damage = connection, damage
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self.recv, self.sendall = partial(self._call, self._tls.read), partial(self._call, self._tls.write)

    def _call(self, method: Callable[[Any], Any], argument: Any) -> Any:
        while True:
            try:
                return method(argument)
            except ssl.SSLWantReadError:
                self._flush()
                if not (data := self._connection.recv(65536)):
                    raise ConnectionAbortedError from None
                self._incoming.write(data)
            finally:
                self._flush()

    def _flush(self) -> None:
        data = self._outgoing.read()
        while data:
            end = 5 + int.from_bytes(data[3:5], "big")  # RFC 8446, section 5.1: the length ends a header of 5 bytes
            self._connection.sendall(self._damage(data[:end]))
            data = data[end:]


@contextlib.contextmanager
def serve(respond: Respond, tls: ssl.SSLContext | None = None, damage: Damage = bytes) -> Iterator[str]:
    """Start a server that sends the bytes that `respond` yields for a target, and hangs up if it raises an OSError.

    `damage` returns the bytes to send instead of a TLS record. Yields the address.
    """

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=treat, args=server.accept()[:1], daemon=True).start()

    def treat(client: socket.socket) -> None:
        # Clients that hang up and TLS handshakes that fail are usual here.
        with client, contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Tls(client, tls, damage) if tls else client
            buffer = b""
            while data := connection.recv(65536):
                *heads, buffer = (buffer + data).split(b"\r\n\r\n")
                for piece in itertools.chain.from_iterable(respond(head.split()[1].decode()) for head in heads):
                    connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)  # which ends `accept`
