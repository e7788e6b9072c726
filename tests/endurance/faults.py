"""The faults of X, proxies and networks: broken responses, wrong ways to send one, and damaged TLS records."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

# How the end of a body is marked: by its length, by chunks, or by the end of the connection.
PROPER = ("length", "chunked", "close")
# Wrong ways to send a response. `truncated` is valid HTTP with half of the body.
BROKEN = ("too short", "bad chunk", "dropped", "cut off", "truncated", "twice")
# One byte every 50 ms, so that no timeout of a single read ever passes. A deadline of a second does, on any machine.
TRICKLE = "trickle"
MAX_TRICKLE = 600


@attrs.frozen
class Response:
    """A response, after `interim` others. `cuts` divide the body into pieces or chunks, as parts of its length."""

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""
    sending: str = "length"
    cuts: Sequence[float] = ()
    interim: int = 0

    def send(self) -> Iterator[bytes]:
        """Yield the bytes of the response, piece by piece. Raise ConnectionAbortedError to hang up."""
        if self.sending == "dropped":
            raise ConnectionAbortedError
        body = self.body[: len(self.body) // 2] if self.sending == "truncated" else self.body
        ends = sorted({0, len(body), *(int(cut * len(body)) for cut in self.cuts)})
        parts, headers = [body[start:end] for start, end in itertools.pairwise(ends)], dict(self.headers)
        if self.sending in ("chunked", "bad chunk"):
            headers["Transfer-Encoding"] = "chunked"
            parts = [b"%x\r\n%b\r\n" % (len(part), part) for part in parts]
            parts.append(b"0\r\n\r\n" if self.sending == "chunked" else b"-1\r\n")
        elif self.sending != "close":
            headers["Content-Length"] = str(len(body) + (self.sending == "too short"))
        lines = [f"HTTP/1.1 {self.status} Generated", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        head = b"HTTP/1.1 103 Early Hints\r\n\r\n" * self.interim + "\r\n".join(lines).encode("latin-1")
        parts = [head, *parts]
        if self.sending == TRICKLE:
            parts = [head, *(bytes([byte]) for byte in body[:MAX_TRICKLE]), body[MAX_TRICKLE:]]
        elif self.sending == "cut off":
            parts = [(head + body)[: len(head + body) // 2]]
        elif self.sending == "twice":  # in one piece, so that the client has the second one before its next request
            parts = [(head + body) * 2]
        for part in parts:
            yield part
            time.sleep(0.05 if self.sending == TRICKLE else 0)
        if self.sending in ("close", "too short", "bad chunk", "cut off") or headers.get("Connection") == "close":
            raise ConnectionAbortedError


def _create_json(status: int, content: object) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(content).encode())


LEGACY_MESSAGE = "Invalid or expired token."
LOCATIONS = ("http:login", "javascript:x", "http://xn--/", "https://elsewhere/", "//", "http://[", "?")
CODE = {"code": 88, "message": "Rate limit exceeded"}
PROBLEM = {"title": "Service Unavailable", "type": "about:blank", "status": 503, "detail": "Service Unavailable"}
# The faults that are the same response, whatever was requested.
RESPONSES = {
    "503 in HTML": Response(503, {"Server": "nginx"}, b"<html>503 Service Temporarily Unavailable</html>"),
    "429 in the legacy form": _create_json(429, {"errors": [CODE]}),
    "200 with a code": _create_json(200, CODE),
    "201 with a code": _create_json(201, CODE),
    "202 with a problem": _create_json(202, PROBLEM),
    "206 with a problem": _create_json(206, PROBLEM),
    "200 with errors in the legacy form": _create_json(200, {"errors": [{"code": 89, "message": LEGACY_MESSAGE}]}),
    **{f"redirect to {location}": Response(302, {"Location": location}) for location in LOCATIONS},
}
ANOTHER_PAGE = "response of another page"
# How many of 120 responses have each fault. Only one trickles in, because it lasts until the client gives up.
WEIGHTS = {
    "length": 79,
    **dict.fromkeys([*RESPONSES, "chunked", "close", "too short", "bad chunk", TRICKLE], 1),
    **dict.fromkeys(["cut off", "200 with errors in the legacy form"], 2),
    **dict.fromkeys(["truncated", "twice", ANOTHER_PAGE], 3),
    **dict.fromkeys(["dropped", "503 in HTML", "429 in the legacy form"], 4),
}
# What is sent instead of a TLS record.
INTACT = "intact"
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    INTACT: bytes,
    "TLS: a bit flipped": lambda record: record[:-1] + bytes([record[-1] ^ 1]),
    "TLS: plain text": lambda _: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "TLS: an alert": lambda _: bytes([21, 3, 3, 0, 2, 2, 80]),  # fatal, internal_error
}
# One record in sixty. A handshake has records with this type as well, so that handshakes fail, too.
RECORDS = {**dict.fromkeys(DAMAGES, 1), INTACT: 177}
# RFC 8446, section 5.1: the type of a record that holds data, which its header begins with.
APPLICATION_DATA = 23


def draw(weights: Mapping[str, int], seed: int) -> Iterator[str]:
    """Yield names in a random order, in rounds in which each comes as often as its weight says."""
    chance = random.Random(seed)
    while True:
        names = [name for name, weight in weights.items() for _ in range(weight)]
        chance.shuffle(names)
        yield from names
