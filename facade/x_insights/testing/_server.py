"""Server: HTTP on a loopback port, and the responses that the sandbox makes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

logger = logging.getLogger("x_insights.testing")

Answer = Callable[[Request], Response]


class Server(HTTPServer):
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
        logger.info("%s %s %s", request.method, unquote(request.full_path), response.status)
        return response


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave the log to the server above: werkzeug's own goes to standard error unasked."""


def problem(status: int, kind: str, title: str, **members: Any) -> Response:
    content = {"title": title, "type": kind, "status": status, **members}
    return json_response(status, content, "application/problem+json")


def json_response(status: int, content: Any, content_type: str = "application/json") -> Response:
    return Response(json.dumps(content), status, content_type=f"{content_type}; charset=utf-8")


def bare(response: Response) -> Response:
    """The response without a content type that nobody gave it, as X sends what is empty."""
    if not response.data:
        response.headers.pop("Content-Type", None)
    return response
