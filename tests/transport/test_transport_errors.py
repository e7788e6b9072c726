"""Requests without a complete response: refused, cut off, timed out, or against the rules of HTTP."""

from __future__ import annotations

import re
import socket

import httpx
import pytest
from helpers import OWN, TOKEN, assert_plain

from x_insights import Insights, TransportError


@pytest.fixture
def fetch_failing(get):
    """Call either client, which must fail with a TransportError. Returns it."""

    def fetch(url, **options):
        with pytest.raises(TransportError) as caught:
            get(url, [1, 2], "likes", **options)
        error = caught.value
        assert type(error) is TransportError
        assert_plain(error)
        assert error.retryable
        assert isinstance(error.partial, Insights)
        assert (len(error.partial), error.pending) == (0, ("1", "2"))
        return error

    return fetch


@pytest.fixture
def serve_bytes(serve_connections):
    """Start a server that sends these bytes in response to each request and hangs up. Returns the server's address."""

    def serve(content):
        def respond(connection):
            connection.recv(65536)
            connection.sendall(content)

        return f"http://{serve_connections(respond)}"

    return serve


def test_refused_connection_is_a_transport_error(fetch_failing):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    assert str(fetch_failing(f"http://{address}")) == f"no response from {address}: Connection refused"


def test_dropped_connection_is_a_transport_error(fetch_failing, serve_bytes):
    url = serve_bytes(b"")
    assert str(fetch_failing(url)) == f"no response from {url[7:]}: disconnected before a response"


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_incomplete_body_is_a_transport_error(fetch_failing, serve_bytes, status):
    url = serve_bytes(f"HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\n{{}}".encode())
    message = f"no response from {url[7:]}: disconnected before the end of the response"
    assert str(fetch_failing(url, attempts=1)) == message


def test_timeout_is_a_transport_error(fetch_failing):
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts no connection
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = fetch_failing(url, timeout=0.05, attempts=1)
    assert re.fullmatch(r"no response from 127.0.0.1:\d+: \w+Timeout: timed out", str(error))


def test_token_in_a_malformed_response_header_is_not_quoted(fetch_failing, serve_bytes, kind):
    url = serve_bytes(f"HTTP/1.1 200 OK\r\nAuthorization : Bearer {TOKEN}\r\n\r\n".encode())
    error = fetch_failing(url, attempts=1)
    if kind == "aiohttp":
        assert str(error) == f"no response from {url[7:]}: ClientResponseError: BadHttpMessage"
    else:
        assert "illegal header line: " in str(error)
        assert "[token]" in str(error)


# aiohttp rejects it with a ValueError, which the caller's code could have raised: test_aiohttp.py.
@pytest.mark.parametrize("kind", OWN, indirect=True)
def test_token_in_a_malformed_request_header_is_not_quoted(fetch_failing, answer, httpserver):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"Bearer {TOKEN}\n"
            yield request

    url = answer(b"{}")
    assert str(fetch_failing(url, token=Broken())) == f"no response from {url[7:]}: LocalProtocolError"
    assert httpserver.log == []
