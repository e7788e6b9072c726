"""The body of a response: its bounds and its content encodings."""

import zlib
from collections.abc import Iterable

import httpx

ACCEPT_ENCODING = "gzip, deflate"
"""The encodings to ask for: those whose decoder can be bounded."""
MAX_SIZE = 64 * 1024 * 1024
"""The largest body in bytes, as it comes and decoded."""
# Each takes its time. No server uses more than one, and a proxy may add another.
MOST_ENCODINGS = 3

# The `wbits` of zlib to try, in order. Some servers send "deflate" without the header of zlib (RFC 9110, 8.4.1.2).
_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


class RawBody:
    """Collects the parts of a body as they come."""

    def __init__(self) -> None:
        self._body: bytes | bytearray = b""

    def add(self, part: bytes) -> bool:
        """Add a part. Return whether the body is larger than `MAX_SIZE`. Further parts are ignored then."""
        if not self._body:
            self._body = part  # most bodies have one part, which is not copied
        elif not is_too_large(self._body):
            # One buffer, because a list of very small parts takes many times their size.
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += part
        return is_too_large(self._body)

    def join(self) -> bytes:
        """Return all parts as one."""
        return bytes(self._body)


def collect(parts: Iterable[bytes]) -> bytes:
    """Return all parts of a body as one, or the first ones if they are larger than `MAX_SIZE`."""
    body = RawBody()
    for part in parts:
        if body.add(part):
            break
    return body.join()


def is_too_large(body: bytes | bytearray) -> bool:
    """Return whether a body is larger than `MAX_SIZE`."""
    return len(body) > MAX_SIZE


def decode_body(headers: httpx.Headers, raw: bytes) -> bytes:
    """Return the body without its content encoding, or as it came if it does not have the encoding of the headers.

    Of a body that is too large, only a little more than `MAX_SIZE` is decoded.
    """
    if is_too_large(raw) or "Content-Encoding" not in headers:
        return raw
    body, encodings = raw, headers["Content-Encoding"].lower().split(",")
    if len(encodings) > MOST_ENCODINGS:
        return raw
    for encoding in reversed(encodings):
        decoded = _decompress(body, encoding.strip())
        if decoded is None:
            return raw
        body = decoded
    return body


def _decompress(body: bytes, encoding: str) -> bytes | None:
    """Return the decoded body, or None if it is not in this encoding."""
    if encoding in ("identity", ""):
        return body
    for window_bits in _WINDOW_BITS.get(encoding, ()):
        try:
            return zlib.decompressobj(window_bits).decompress(body, MAX_SIZE + 1)
        except zlib.error:
            continue
    return None
