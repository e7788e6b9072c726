"""A proxy in front of the sandbox that fails three times in ten."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from deck import Deck
from faults import RESPONSES, WEIGHTS, format_response
from raw_server import HangUpError
from x_insights.testing import Sandbox

# The headers of the sandbox that are about its own connection.
CONNECTION_HEADERS = {"connection", "content-length", "server", "date"}
# A client with a deadline of a second has long given up by then, on any machine.
LONGEST_TRICKLE = 30.0


class FaultyProxy:
    """Answers requests as the sandbox does, or with a fault."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.requests = 0
        self.faults: Counter[str] = Counter()
        self.unbounded = 0
        """The number of trickling responses that no client gave up."""
        self._sandbox = sandbox
        self._deck = Deck(WEIGHTS, seed)
        self._previous: dict[str, tuple[frozenset[str], bytes]] = {}
        self._lock = threading.Lock()

    def respond(self, target: str) -> Iterator[bytes]:
        """Yield the bytes of the response to a request for this target."""
        path, tweet_ids, fault = urlsplit(target).path, parse_tweet_ids(target), self._deck.draw()
        with self._lock:
            self.requests += 1
            previous_ids, previous = self._previous.get(path, (tweet_ids, b""))
            # The response to a page of which some IDs are in this one would be right in part.
            if fault == "answer of another page" and previous_ids & tweet_ids:
                fault = "none"
            if fault != "none":
                self.faults[fault] += 1
        if fault in RESPONSES:
            yield RESPONSES[fault]
            return
        if fault == "dropped":
            raise HangUpError
        status, headers, body = self._forward(target)
        response = format_response(status, body, headers)
        if status == 200:
            with self._lock:
                self._previous[path] = tweet_ids, response
        if fault == "answered twice":
            # In one piece, so that the second one is in the client's buffer before it asks for the next page.
            yield response * 2
        elif fault == "answer of another page":
            yield previous
        elif fault == "truncated":
            yield format_response(status, body[: len(body) // 2], headers)
        elif fault == "cut off":
            yield response[: len(response) // 2]
            raise HangUpError
        elif fault == "trickle":
            yield from self._trickle(response)
        else:
            yield response

    def _forward(self, target: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self._sandbox.url).netloc)
        with contextlib.closing(connection):
            connection.request("GET", target, headers={"Authorization": "Bearer any"})
            response = connection.getresponse()
            headers = {name: value for name, value in response.getheaders() if name.lower() not in CONNECTION_HEADERS}
            return response.status, headers, response.read()

    def _trickle(self, response: bytes) -> Iterator[bytes]:
        """Yield a byte at a time, which keeps a timeout per read from ever passing."""
        head, separator, body = response.partition(b"\r\n\r\n")
        yield head + separator
        begun = time.monotonic()
        for position in range(len(body)):
            if time.monotonic() - begun > LONGEST_TRICKLE:
                self.unbounded += 1
                yield body[position:]
                return
            yield body[position : position + 1]
            time.sleep(0.05)


def parse_tweet_ids(target: str) -> frozenset[str]:
    """Return the IDs that a request asks for at either endpoint."""
    parameters = parse_qs(urlsplit(target).query)
    return frozenset(
        tweet_id for name in ("tweet_ids", "ids") for text in parameters.get(name, ()) for tweet_id in text.split(",")
    )
