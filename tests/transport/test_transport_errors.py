"""Requests without a complete response: refused, cut off, timed out, or against the rules of HTTP."""

from __future__ import annotations

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


def test_refused_connection_is_a_transport_error(fetch_failing, kind):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    # httpx-aiohttp takes most failures of a connection for a ConnectTimeout.
    name = "ConnectTimeout" if kind == "aiohttp" else "ConnectError"
    assert str(fetch_failing(url)).startswith(f"no response from 127.0.0.1: {name}: ")


def test_dropped_connection_is_a_transport_error(fetch_failing, serve_bytes, kind):
    error = fetch_failing(serve_bytes(b""))
    message = "RemoteProtocolError: Server disconnected without sending a response."
    if kind == "aiohttp":
        message = "ConnectTimeout: Server disconnected"
    assert str(error) == f"no response from 127.0.0.1: {message}"


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_incomplete_body_is_a_transport_error(fetch_failing, serve_bytes, kind, status):
    url = serve_bytes(f"HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\n{{}}".encode())
    message = (
        "RemoteProtocolError: peer closed connection without sending complete message body"
        " (received 2 bytes, expected 100)"
    )
    if kind == "aiohttp":
        message = "ReadError: Response payload is not completed"
    assert str(fetch_failing(url, attempts=1)).startswith(f"no response from 127.0.0.1: {message}")


def test_timeout_is_a_transport_error(fetch_failing):
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts no connection
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = fetch_failing(url, timeout=0.05, attempts=1)
    assert str(error).startswith("no response from 127.0.0.1: ")
    assert "Timeout" in str(error)


def test_token_in_a_malformed_response_header_is_not_quoted(fetch_failing, serve_bytes, kind):
    url = serve_bytes(f"HTTP/1.1 200 OK\r\nAuthorization : Bearer {TOKEN}\r\n\r\n".encode())
    error = fetch_failing(url, attempts=1)
    if kind == "aiohttp":
        assert str(error) == "no response from 127.0.0.1: ClientResponseError: BadHttpMessage"
    else:
        assert "illegal header line: " in str(error)
        assert "[token]" in str(error)


# aiohttp rejects it with a ValueError, which could be one of the caller's: test_aiohttp.py.
@pytest.mark.parametrize("kind", OWN, indirect=True)
def test_token_in_a_malformed_request_header_is_not_quoted(fetch_failing, answer, httpserver):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"Bearer {TOKEN}\n"
            yield request

    error = fetch_failing(answer(b"{}"), token=Broken())
    assert str(error) == "no response from localhost: LocalProtocolError"
    assert httpserver.log == []
