"""The sandbox: X's endpoints on a loopback port."""

import math
import re
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

import attrs
from werkzeug.wrappers import Request, Response

from .._validation import validate_ids
from ._endpoints import (
    ANALYTICS,
    ENDPOINTS,
    INSIGHTS_28HR,
    ReceivedRequest,
    SandboxEndpoint,
    create_not_enrolled_problem,
    create_not_found_problem,
    parse_request,
)
from ._server import Handler, Server, create_json_response, create_problem_response, remove_default_content_type
from ._spec import load_spec


@attrs.define
class Window:
    """The rate-limit window of one token at one endpoint."""

    remaining: int = 0
    reset: float = 0.0


class Sandbox:
    """A server that validates each request against X's document, and responds with generated, repeatable figures.

    Use it as a context manager, with `url` as the `base_url` of a client. It accepts any token that is not
    revoked.

    Args:
        rate_limit: The number of requests per rate-limit window, for each token and endpoint.
        window: The seconds until a rate limit resets.
        latency: Seconds before each response.
        port: The port to listen on. 0 for any free one.
    """

    now: datetime = datetime(2026, 11, 22, 16, tzinfo=UTC)
    """The end of the 28 hours of `28hr`. It is fixed, so that the same call has the same result on any day.

    Both endpoints have the same figures for the same hours, whether these have passed or not. Requests to `analytics`
    name their period: for the same totals from `28hr`, set this to the end of `Insights.period`.
    """

    def __init__(self, *, rate_limit: int = 300, window: float = 900.0, latency: float = 0.0, port: int = 0) -> None:
        self.rate_limit = rate_limit
        self.window = window
        self.latency = latency
        self.requests: list[ReceivedRequest] = []
        """The requests received so far, in order."""
        self._spec = load_spec()
        self._forbidden: set[str] = set()
        self._hidden: set[str] = set()
        self._withdrawn: set[str] = set()
        self._unenrolled: set[str] = set()
        self._revoked: set[str] = set()
        self._faults: deque[Handler] = deque()
        self._windows: defaultdict[tuple[str, str], Window] = defaultdict(Window)
        self._lock = threading.Lock()
        self._server = Server(self._handle, port)

    @property
    def url(self) -> str:
        """The address to pass as `base_url`."""
        return f"http://{self._server.host}:{self._server.port}"

    def forbid(self, *tweet_ids: str | int) -> None:
        """Respond to requests for these Posts with a "Forbidden to access tweets" error."""
        self._forbidden.update(validate_ids(tweet_ids))

    def hide(self, *tweet_ids: str | int) -> None:
        """Respond to requests for these Posts with the problem of a Post that does not exist."""
        self._hidden.update(validate_ids(tweet_ids))

    def withdraw(self) -> None:
        """Respond to requests to `GET /2/insights/28hr` as if X had withdrawn it, with a 404 without a body."""
        self._withdrawn.add(INSIGHTS_28HR.name)

    def unenroll(self) -> None:
        """Respond to requests to `GET /2/tweets/analytics` as X does to pay-per-use apps, with a 403."""
        self._unenrolled.add(ANALYTICS.name)

    def revoke(self, token: str) -> None:
        """Respond with a 401 to requests with this token."""
        self._revoked.add(token)

    def fail_next(
        self, times: int = 1, *, status: int = 503, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Respond to the next requests with this status, body and headers."""
        if not isinstance(body, bytes | str):  # werkzeug would send the keys of a dictionary
            raise TypeError(f"body is of type {type(body).__name__}: pass bytes")
        self._faults.extend([lambda _: remove_default_content_type(Response(body, status, headers))] * times)

    def truncate_next(self, times: int = 1) -> None:
        """Respond to the next requests with the first half of the body."""
        self._faults.extend([self._truncate] * times)

    def drop_next(self, times: int = 1) -> None:
        """Cut the connection of the next requests without a response."""
        self._faults.extend([self._drop] * times)

    def __repr__(self) -> str:
        return f"<Sandbox at {self.url}>"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _handle(self, request: Request) -> Response:
        time.sleep(self.latency)
        with self._lock:
            self.requests.append(parse_request(request))
            handler = self._faults.popleft() if self._faults else self._respond
        response = handler(request)
        response.headers.setdefault("x-transaction-id", uuid4().hex[:16])
        response.headers.setdefault("api-version", self._spec.version)
        return response

    def _respond(self, request: Request) -> Response:
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None or endpoint.name in self._withdrawn:
            return remove_default_content_type(Response(status=404))
        if request.method != "GET":
            return remove_default_content_type(Response(status=405, headers={"Allow": "GET"}))
        token = _find_token(request.headers.get("Authorization", ""))
        if token is None or token in self._revoked:
            return create_problem_response(401, "about:blank", "Unauthorized", detail="Unauthorized")
        is_exhausted, headers = self._count_request(token, endpoint)
        if is_exhausted:
            response = create_problem_response(429, "about:blank", "Too Many Requests", detail="Too Many Requests")
        elif endpoint.name in self._unenrolled:
            response = create_json_response(403, create_not_enrolled_problem(endpoint), "application/problem+json")
        else:
            response = self._create_response(endpoint, request)
        response.headers.update(headers)
        return response

    def _count_request(self, token: str, endpoint: SandboxEndpoint) -> tuple[bool, dict[str, str]]:
        """Count a request. Return whether it exceeds the rate limit, and the headers of the rate limit."""
        now = time.time()
        with self._lock:
            window = self._windows[token, endpoint.name]
            if now >= window.reset:
                window.remaining, window.reset = self.rate_limit, now + self.window
            is_exhausted = window.remaining == 0
            window.remaining -= not is_exhausted
            figures = {"limit": self.rate_limit, "remaining": window.remaining, "reset": math.ceil(window.reset)}
        return is_exhausted, {f"x-rate-limit-{name}": str(figure) for name, figure in figures.items()}

    def _create_response(self, endpoint: SandboxEndpoint, request: Request) -> Response:
        if errors := self._spec.find_errors(request):
            detail = "One or more parameters to your request was invalid."
            problem_type = f"{endpoint.problems}/invalid-request"
            return create_problem_response(400, problem_type, "Invalid Request", detail=detail, errors=errors)
        received = parse_request(request)
        hidden = [tweet_id for tweet_id in received.tweet_ids if tweet_id in self._hidden]
        forbidden = [each for each in received.tweet_ids if each in self._forbidden and each not in self._hidden]
        unmeasured = self._forbidden | self._hidden
        measured = [each for each in received.tweet_ids if each not in unmeasured]
        body: dict[str, Any] = endpoint.create_body(request, received, measured, forbidden, self.now)
        if hidden:
            body.setdefault("errors", []).extend(create_not_found_problem(endpoint, each) for each in hidden)
        return create_json_response(200, body)

    def _truncate(self, request: Request) -> Response:
        response = self._respond(request)
        response.data = response.data[: len(response.data) // 2]
        return response

    def _drop(self, request: Request) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response(status="0 connection cut")


def _find_token(authorization: str) -> str | None:
    """Return the token of an OAuth 2.0 header (RFC 6750) or an OAuth 1.0a header (RFC 5849, section 3.5.1)."""
    found = re.fullmatch(r'Bearer (\S+)|OAuth (?:.*[ ,])?oauth_token="([^"]+)".*', authorization)
    return found[1] or found[2] if found else None
