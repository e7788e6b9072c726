"""Made-up responses, and how each is sent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import attrs

from raw_server import HangUpError

FRAMINGS = ("length", "chunked", "close", "too short", "bad chunk")
"""How the end of a body is marked: by its length, by chunks, by the end of the connection, or wrongly."""


@attrs.frozen
class Answer:
    """A response in detail."""

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""
    framing: str = "length"
    cuts: Sequence[float] = ()
    """Where the body is cut into pieces or chunks, as parts of its length."""
    interim: int = 0
    """The number of 1xx responses before it."""

    def send(self) -> Iterator[bytes]:
        """Yield the bytes of the response, piece by piece, and hang up."""
        headers = {**self.headers, "Connection": "close"}
        if self.framing in ("chunked", "bad chunk"):
            headers["Transfer-Encoding"] = "chunked"
        elif self.framing != "close":
            headers["Content-Length"] = str(len(self.body) + (self.framing == "too short"))
        lines = [f"HTTP/1.1 {self.status} Made Up", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        yield b"HTTP/1.1 103 Early Hints\r\n\r\n" * self.interim + "\r\n".join(lines).encode("latin-1")
        ends = sorted({0, len(self.body), *(int(cut * len(self.body)) for cut in self.cuts)})
        for start, end in itertools.pairwise(ends):
            piece = self.body[start:end]
            yield b"%x\r\n%b\r\n" % (len(piece), piece) if "Transfer-Encoding" in headers else piece
        if "Transfer-Encoding" in headers:
            yield b"0\r\n\r\n" if self.framing == "chunked" else b"-1\r\n"
        raise HangUpError


WITHDRAWN = Answer(404)
"""How X responds at an endpoint that it has withdrawn."""


@attrs.frozen
class Example:
    """One call: the client's option `endpoint`, and the responses of both endpoints."""

    endpoint: str
    insights_28hr: Answer
    analytics: Answer

    def get_answer(self, path: str) -> Answer:
        """Return the response to requests for a path."""
        return self.insights_28hr if path == "/2/insights/28hr" else self.analytics
