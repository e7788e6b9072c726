"""Sandbox: X's endpoint on a loopback port."""

from __future__ import annotations

import json
import logging
import math
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote
from uuid import uuid4

import attrs
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from ._figures import measurement

logger = logging.getLogger("x_insights.testing")

PATH = "/2/insights/28hr"
PROBLEMS = "https://api.x.com/2/problems"

Answer = Callable[[Request], Response]


@attrs.frozen
class ReceivedRequest:
    """What one request to the sandbox asked for."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[str, ...]
    granularity: str
    fields: tuple[str, ...]
    #: Without `Authorization`.
    headers: Mapping[str, str]


class Sandbox:
    """A loopback X: checks each request against X's spec, and answers with made-up, repeatable figures.

    - `rate_limit`: requests that a window allows; `window`: its length in seconds.
    - `latency`: seconds before each answer.

    `url` is the `base_url` for a client; any token will do. Use as a context manager.
    """

    #: The moment that the 28 hours lead up to; fixed, so that the same call gives the same answer on any day.
    now: datetime = datetime(2026, 11, 22, 16, tzinfo=UTC)

    def __init__(self, *, rate_limit: int = 300, window: float = 900.0, latency: float = 0.0, port: int = 0) -> None:
        self.rate_limit = rate_limit
        self.window = window
        self.latency = latency
        #: What arrived, in order.
        self.requests: list[ReceivedRequest] = []
        self._spec = _Spec()
        self._forbidden: set[str] = set()
        self._hidden: set[str] = set()
        self._faults: deque[Answer] = deque()
        self._remaining, self._reset = 0, 0.0
        self._lock = threading.Lock()
        self._server = _Server(self._respond, port)

    @property
    def url(self) -> str:
        """The address to pass as `base_url`."""
        return f"http://{self._server.host}:{self._server.port}"

    def forbid(self, *tweet_ids: str | int) -> None:
        """Answer these Posts with the error of one that the user may not measure."""
        self._forbidden.update(map(str, tweet_ids))

    def hide(self, *tweet_ids: str | int) -> None:
        """Answer these Posts with the problem of one that does not exist."""
        self._hidden.update(map(str, tweet_ids))

    def fail_next(
        self, times: int = 1, *, status: int = 503, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next requests with this status, body and headers."""
        self._faults.extend([lambda _: _bare(Response(body, status, headers))] * times)

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
            self.requests.append(_received(request))
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
            return _bare(Response(status=404))
        if not request.headers.get("Authorization"):
            return _problem(401, "about:blank", "Unauthorized", detail="Unauthorized")
        if exhausted:
            return _problem(429, "about:blank", "Too Many Requests", detail="Too Many Requests")
        if errors := self._spec.errors(request):
            detail = "One or more parameters to your request was invalid."
            return _problem(400, f"{PROBLEMS}/invalid-request", "Invalid Request", detail=detail, errors=errors)
        return _json(200, self._insights(_received(request)))

    def _insights(self, asked: ReceivedRequest) -> dict[str, Any]:
        forbidden = [tweet_id for tweet_id in asked.tweet_ids if tweet_id in self._forbidden]
        hidden = [tweet_id for tweet_id in asked.tweet_ids if tweet_id in self._hidden]
        engagement: dict[str, Any] = {}
        if (measured := [each for each in asked.tweet_ids if each not in {*forbidden, *hidden}]) and (
            "measurement" in asked.fields
        ):
            engagement["measurement"] = measurement(measured, asked.metrics, asked.granularity, self.now)
        if forbidden and "errors" in asked.fields:
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
        return Response()


class _Server(HTTPServer):
    """A server with one handler, that keeps no log: it would hold the tokens, and all that was ever answered."""

    def __init__(self, respond: Answer, port: int) -> None:
        super().__init__(host="127.0.0.1", port=port, threaded=True)
        self._respond = respond

    def start(self) -> None:
        super().start()
        assert self.server is not None
        self.server.RequestHandlerClass = _Handler

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.02)  # how long stopping takes; a test suite stops many

    def application(self, request: Request) -> Response:
        response = self._respond(request)
        logger.info("%s %s %d", request.method, unquote(request.full_path), response.status_code)
        return response


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave the log to the server above: werkzeug's own goes to standard error unasked."""


class _Spec:
    """X's spec, as the client was generated from it."""

    def __init__(self) -> None:
        document = json.loads(files("x_insights.testing").joinpath("openapi.json").read_text("utf-8"))
        operation = document["paths"][PATH]["get"]
        del operation["security"]  # the validator knows neither OAuth scheme; the sandbox looks for a token itself
        document["servers"] = [{"url": "/"}]
        self._validator = OpenAPI.from_dict(document)
        shared = document["components"]["parameters"]
        parameters = (
            shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]
        )
        self._names = {parameter["name"] for parameter in parameters}

    def errors(self, request: Request) -> list[dict[str, Any]]:
        """What is wrong with a request, as X's nested errors; what the validator overlooks, X does not."""
        faults = [
            (name, f"The query parameter [{name}] is not one of [{','.join(sorted(self._names))}]")
            for name in request.args
            if name not in self._names
        ]
        faults += [
            (name, f"The query parameter [{name}] is given more than once")
            for name, values in request.args.lists()
            if len(values) > 1
        ]
        for error in self._validator.iter_request_errors(WerkzeugOpenAPIRequest(request)):
            details = [each.message for each in getattr(error.__cause__, "schema_errors", ())]
            faults.append((getattr(error, "name", ""), ": ".join([str(error), *details])))
        return [{"parameters": {name: request.args.getlist(name)}, "message": message} for name, message in faults]


def _received(request: Request) -> ReceivedRequest:
    def listed(name: str) -> tuple[str, ...]:
        return tuple(item for value in request.args.getlist(name) for item in value.split(",") if item)

    return ReceivedRequest(
        tweet_ids=listed("tweet_ids"),
        metrics=listed("requested_metrics"),
        granularity=request.args.get("granularity", ""),
        fields=listed("engagement.fields"),
        headers={name: value for name, value in request.headers.items() if name != "Authorization"},
    )


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


def _problem(status: int, kind: str, title: str, **members: Any) -> Response:
    content = {"title": title, "type": kind, "status": status, **members}
    return _json(status, content, "application/problem+json")


def _json(status: int, content: Any, content_type: str = "application/json") -> Response:
    return Response(json.dumps(content), status, content_type=f"{content_type}; charset=utf-8")


def _bare(response: Response) -> Response:
    """The response without a content type that nobody gave it, as X sends what is empty."""
    if not response.data:
        response.headers.pop("Content-Type", None)
    return response
