"""The sandbox: X's endpoint on a loopback port."""

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

from .._validation import validate_ids
from ._figures import create_measurement
from ._server import Handler, Server, create_json_response, create_problem_response, remove_default_content_type
from ._spec import PATH, ReceivedRequest, load_spec, parse_request

PROBLEMS = "https://api.x.com/2/problems"


class Sandbox:
    """A server that validates each request with X's document, and responds with made-up, repeatable figures.

    Use it as a context manager, with `url` as the `base_url` of a client. It accepts any token.

    Args:
        rate_limit: The number of requests per window.
        window: The length of a window in seconds.
        latency: Seconds before each response.
        port: The port to listen on. 0 for any free one.
    """

    now: datetime = datetime(2026, 11, 22, 16, tzinfo=UTC)
    """The end of the 28 hours. It is fixed, so that the same call has the same result on any day."""

    def __init__(self, *, rate_limit: int = 300, window: float = 900.0, latency: float = 0.0, port: int = 0) -> None:
        self.rate_limit = rate_limit
        self.window = window
        self.latency = latency
        self.requests: list[ReceivedRequest] = []
        """The requests received so far, in order."""
        self._spec = load_spec()
        self._forbidden: set[str] = set()
        self._hidden: set[str] = set()
        self._faults: deque[Handler] = deque()
        self._remaining, self._reset = 0, 0.0
        self._lock = threading.Lock()
        self._server = Server(self._handle, port)

    @property
    def url(self) -> str:
        """The address to pass as `base_url`."""
        return f"http://{self._server.host}:{self._server.port}"

    def forbid(self, *tweet_ids: str | int) -> None:
        """Answer requests for these Posts with a "Forbidden to access tweets" error."""
        self._forbidden.update(validate_ids(tweet_ids))

    def hide(self, *tweet_ids: str | int) -> None:
        """Answer requests for these Posts with the problem of a Post that does not exist."""
        self._hidden.update(validate_ids(tweet_ids))

    def fail_next(
        self, times: int = 1, *, status: int = 503, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next requests with this status, body and headers."""
        self._faults.extend([lambda _: remove_default_content_type(Response(body, status, headers))] * times)

    def truncate_next(self, times: int = 1) -> None:
        """Answer the next requests with the first half of the body."""
        self._faults.extend([self._truncate] * times)

    def drop_next(self, times: int = 1) -> None:
        """Cut the connection of the next requests without a response."""
        self._faults.extend([self._drop] * times)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()

    def _handle(self, request: Request) -> Response:
        time.sleep(self.latency)
        with self._lock:
            self.requests.append(parse_request(request))
            fault = self._faults.popleft() if self._faults else None
            is_exhausted, headers = (False, {}) if fault else self._count_request()
        response = fault(request) if fault else self._respond(request, is_exhausted)
        response.headers.update(headers)
        response.headers.setdefault("x-transaction-id", uuid4().hex[:16])
        return response

    def _count_request(self) -> tuple[bool, dict[str, str]]:
        """Count a request. Return whether the window was used up before it, and the headers that describe it."""
        now = time.time()
        if now >= self._reset:
            self._remaining, self._reset = self.rate_limit, now + self.window
        is_exhausted = self._remaining == 0
        self._remaining -= not is_exhausted
        figures = {"limit": self.rate_limit, "remaining": self._remaining, "reset": math.ceil(self._reset)}
        return is_exhausted, {f"x-rate-limit-{name}": str(figure) for name, figure in figures.items()}

    def _respond(self, request: Request, is_exhausted: bool = False) -> Response:
        if request.path != PATH:
            return remove_default_content_type(Response(status=404))
        if not request.headers.get("Authorization"):
            return create_problem_response(401, "about:blank", "Unauthorized", detail="Unauthorized")
        if is_exhausted:
            return create_problem_response(429, "about:blank", "Too Many Requests", detail="Too Many Requests")
        if errors := self._spec.find_errors(request):
            detail = "One or more parameters to your request was invalid."
            problem_type = f"{PROBLEMS}/invalid-request"
            return create_problem_response(400, problem_type, "Invalid Request", detail=detail, errors=errors)
        return create_json_response(200, self._create_content(parse_request(request)))

    def _create_content(self, request: ReceivedRequest) -> dict[str, Any]:
        forbidden = [tweet_id for tweet_id in request.tweet_ids if tweet_id in self._forbidden]
        hidden = [tweet_id for tweet_id in request.tweet_ids if tweet_id in self._hidden]
        measured = [tweet_id for tweet_id in request.tweet_ids if tweet_id not in {*forbidden, *hidden}]
        fields = request.fields or ("errors", "measurement")
        engagement: dict[str, Any] = {}
        if measured and "measurement" in fields:
            engagement["measurement"] = create_measurement(measured, request.metrics, request.granularity, self.now)
        if forbidden and "errors" in fields:
            message = f"Forbidden to access tweets: {', '.join(forbidden)}"
            engagement["errors"] = [{"error": message, "tweets": forbidden}]
        # X leaves out what would be empty.
        return {
            **({"data": [engagement]} if engagement else {}),
            **({"errors": [_create_not_found_problem(tweet_id) for tweet_id in hidden]} if hidden else {}),
        }

    def _truncate(self, request: Request) -> Response:
        response = self._respond(request)
        response.data = response.data[: len(response.data) // 2]
        return response

    def _drop(self, request: Request) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response(status="0 connection cut")


def _create_not_found_problem(tweet_id: str) -> dict[str, Any]:
    return {
        "title": "Not Found Error",
        "detail": "1 Tweet ID(s) are unavailable",
        "type": f"{PROBLEMS}/resource-not-found",
        "parameter": "tweet_ids",
        "resource_type": "tweet",
        "resource_id": tweet_id,
        "value": tweet_id,
    }
