"""An HTTP server on a loopback port, and the responses that the sandbox sends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec
from pytest_httpserver import HTTPServer
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

logger = logging.getLogger("x_insights.testing")

Handler = Callable[[Request], Response]


class Server(HTTPServer):
    """A server with one handler. It keeps no list of requests, which would hold the tokens and all responses."""

    def __init__(self, handler: Handler, port: int) -> None:
        super().__init__(host="127.0.0.1", port=port, threaded=True)
        self._handler = handler

    def start(self) -> None:
        try:
            super().start()
        except SystemExit:  # werkzeug exits if the port is in use, which would end the caller's process
            raise OSError(f"port {self.port} of {self.host} is in use") from None
        assert self.server is not None
        self.server.RequestHandlerClass = _RequestHandler

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.005)  # stopping a server takes this long, and a test suite stops many

    def application(self, request: Request) -> Response:
        response = self._handler(request)
        # Escaped, because a line break in the path would forge a line.
        target = f"{request.method} {unquote(request.full_path)}".encode("unicode_escape").decode()
        logger.info("%s %s", target, response.status)
        return response


class _RequestHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing here: werkzeug would write to standard error, and the server above has a logger."""


def create_problem_response(status: int, problem_type: str, title: str, **members: Any) -> Response:
    content = {"title": title, "type": problem_type, "status": status, **members}
    return create_json_response(status, content, "application/problem+json")


def create_json_response(status: int, content: Any, content_type: str = "application/json") -> Response:
    return Response(msgspec.json.encode(content), status, content_type=f"{content_type}; charset=utf-8")


def remove_default_content_type(response: Response) -> Response:
    """Remove the content type that werkzeug adds to an empty body. X sends none."""
    if not response.data:
        response.headers.pop("Content-Type", None)
    return response
