"""A relay between a client and a TLS server that damages a small share of what the server sends."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections import Counter

import trustme

from deck import Deck

INTACT = "intact"
# RFC 8446, section 5.1: the type of a record that holds data, which its header begins with.
APPLICATION_DATA = 23
# One record in sixty. A handshake has some records of this type as well, so that handshakes fail too.
RECORDS = {INTACT: 177, "TLS: a bit flipped": 1, "TLS: plain text": 1, "TLS: an alert": 1}


class TlsRelay(socketserver.ThreadingTCPServer):
    """Passes connections on to a port of this machine, record by record."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, seed: int, faults: Counter[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = port
        self.deck = Deck(RECORDS, seed)
        self.faults = faults

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        relay = self.server
        assert isinstance(relay, TlsRelay)
        with socket.create_connection(("127.0.0.1", relay.upstream)) as upstream:
            for each in (self.request, upstream):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            upward = threading.Thread(target=self._pass_up, args=(upstream,), daemon=True)
            upward.start()
            with contextlib.suppress(OSError):
                self._pass_down(upstream, relay)
            _shut_down(self.request, upstream)
            upward.join()

    def _pass_up(self, upstream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                upstream.sendall(data)
        _shut_down(upstream, self.request)

    def _pass_down(self, upstream: socket.socket, relay: TlsRelay) -> None:
        with upstream.makefile("rb") as records:
            while header := records.read(5):
                record = header + records.read(int.from_bytes(header[3:5], "big"))
                damage = relay.deck.draw() if header[0] == APPLICATION_DATA else INTACT
                if damage != INTACT:
                    relay.faults[damage] += 1
                self.request.sendall(damage_record(record, damage))


def damage_record(record: bytes, damage: str) -> bytes:
    """Return what arrives instead of a record."""
    if damage == "TLS: a bit flipped":
        return record[:-1] + bytes([record[-1] ^ 1])
    if damage == "TLS: plain text":
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    if damage == "TLS: an alert":
        return bytes([21, 3, 3, 0, 2, 2, 80])  # fatal, internal_error
    return record


def create_contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Create the contexts of a server on this machine, and of a client that trusts it alone."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    return server, client


def _shut_down(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
