"""Sandbox: X's endpoint on a loopback port."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from werkzeug.wrappers import Request, Response

from .._ids import checked_ids
from ._figures import measurement
from ._server import Answer, Server, bare, json_response, problem
from ._spec import PATH, ReceivedRequest, received, spec

PROBLEMS = "https://api.x.com/2/problems"


class Sandbox:
    """A loopback X: checks each request against X's spec, and answers with made-up, repeatable figures.

    - `rate_limit`: requests that a window allows; `window`: its length in seconds.
    - `latency`: seconds before each answer.

    `url` is the `base_url` for a client; any token will do. Use as a context manager.
    """

    now: datetime = datetime(2026, 11, 22, 16, tzinfo=UTC)
    """The moment that the 28 hours lead up to; fixed, so that the same call gives the same answer on any day."""

    def __init__(self, *, rate_limit: int = 300, window: float = 900.0, latency: float = 0.0, port: int = 0) -> None:
        self.rate_limit = rate_limit
        self.window = window
        self.latency = latency
        self.requests: list[ReceivedRequest] = []
        """What arrived, in order."""
        self._spec = spec()
        self._forbidden: set[str] = set()
        self._hidden: set[str] = set()
        self._faults: deque[Answer] = deque()
        self._remaining, self._reset = 0, 0.0
        self._lock = threading.Lock()
        self._server = Server(self._respond, port)

    @property
    def url(self) -> str:
        """The address to pass as `base_url`."""
        return f"http://{self._server.host}:{self._server.port}"

    def forbid(self, *tweet_ids: str | int) -> None:
        """Answer these Posts with the error of one that the user may not measure."""
        self._forbidden.update(checked_ids(tweet_ids))

    def hide(self, *tweet_ids: str | int) -> None:
        """Answer these Posts with the problem of one that does not exist."""
        self._hidden.update(checked_ids(tweet_ids))

    def fail_next(
        self, times: int = 1, *, status: int = 503, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next requests with this status, body and headers."""
        self._faults.extend([lambda _: bare(Response(body, status, headers))] * times)

    def truncate_next(self, times: int = 1) -> None:
        """Answer the next requests with the first half of what should have come."""
        self._faults.extend([self._truncated] * times)

    def drop_next(self, times: int = 1) -> None:
        """Cut the connection of the next requests instead of answering."""
        self._faults.extend([self._dropped] * times)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()

    def _respond(self, request: Request) -> Response:
        time.sleep(self.latency)
        with self._lock:
            self.requests.append(received(request))
            fault = self._faults.popleft() if self._faults else None
            exhausted, headers = (False, {}) if fault else self._counted()
        response = fault(request) if fault else self._answer(request, exhausted)
        response.headers.update(headers)
        response.headers.setdefault("x-transaction-id", uuid4().hex[:16])
        return response

    def _counted(self) -> tuple[bool, dict[str, str]]:
        """Count a request into the window; whether that is used up already, and X's headers."""
        now = time.time()
        if now >= self._reset:
            self._remaining, self._reset = self.rate_limit, now + self.window
        exhausted = self._remaining == 0
        self._remaining -= not exhausted
        figures = {"limit": self.rate_limit, "remaining": self._remaining, "reset": math.ceil(self._reset)}
        return exhausted, {f"x-rate-limit-{name}": str(figure) for name, figure in figures.items()}

    def _answer(self, request: Request, exhausted: bool = False) -> Response:
        if request.path != PATH:
            return bare(Response(status=404))
        if not request.headers.get("Authorization"):
            return problem(401, "about:blank", "Unauthorized", detail="Unauthorized")
        if exhausted:
            return problem(429, "about:blank", "Too Many Requests", detail="Too Many Requests")
        if errors := self._spec.errors(request):
            detail = "One or more parameters to your request was invalid."
            return problem(400, f"{PROBLEMS}/invalid-request", "Invalid Request", detail=detail, errors=errors)
        return json_response(200, self._insights(received(request)))

    def _insights(self, asked: ReceivedRequest) -> dict[str, Any]:
        forbidden = [tweet_id for tweet_id in asked.tweet_ids if tweet_id in self._forbidden]
        hidden = [tweet_id for tweet_id in asked.tweet_ids if tweet_id in self._hidden]
        measured = [tweet_id for tweet_id in asked.tweet_ids if tweet_id not in {*forbidden, *hidden}]
        fields = asked.fields or ("errors", "measurement")
        engagement: dict[str, Any] = {}
        if measured and "measurement" in fields:
            engagement["measurement"] = measurement(measured, asked.metrics, asked.granularity, self.now)
        if forbidden and "errors" in fields:
            message = f"Forbidden to access tweets: {', '.join(forbidden)}"
            engagement["errors"] = [{"error": message, "tweets": forbidden}]
        # X leaves out what would be empty.
        return {
            **({"data": [engagement]} if engagement else {}),
            **({"errors": [_unavailable(tweet_id) for tweet_id in hidden]} if hidden else {}),
        }

    def _truncated(self, request: Request) -> Response:
        response = self._answer(request)
        response.data = response.data[: len(response.data) // 2]
        return response

    def _dropped(self, request: Request) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response(status="0 connection cut")


def _unavailable(tweet_id: str) -> dict[str, Any]:
    return {
        "title": "Not Found Error",
        "detail": "1 Tweet ID(s) are unavailable",
        "type": f"{PROBLEMS}/resource-not-found",
        "parameter": "tweet_ids",
        "resource_type": "tweet",
        "resource_id": tweet_id,
        "value": tweet_id,
    }
