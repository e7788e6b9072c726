"""Requests without a complete response: refused, cut off, timed out, or against the rules of HTTP."""

from __future__ import annotations

import socket
import threading

import httpx
import pytest
from helpers import TOKEN, assert_plain

from x_insights import Insights, TransportError


@pytest.fixture
def transport_failure(get):
    """Call either client, which must fail with a TransportError. Returns it."""

    def transport_failure(url, **options):
        with pytest.raises(TransportError) as caught:
            get(url, [1, 2], "likes", **options)
        error = caught.value
        assert type(error) is TransportError
        assert_plain(error)
        assert error.retryable
        assert isinstance(error.partial, Insights)
        assert (len(error.partial), error.pending) == (0, ("1", "2"))
        return error

    return transport_failure


@pytest.fixture
def respond_raw():
    """Start a server that sends these bytes in response to each request and hangs up. Returns the server's address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = []

        def respond_raw(content, requests=1):
            def respond():
                for _ in range(requests):
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(content)

            threads.append(threading.Thread(target=respond))
            threads[-1].start()
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        yield respond_raw
        for thread in threads:
            thread.join()


def test_refused_connection_is_a_transport_error(transport_failure):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    assert str(transport_failure(url)).startswith("no answer from 127.0.0.1: ConnectError: ")


def test_dropped_connection_is_a_transport_error(transport_failure, respond_raw):
    error = transport_failure(respond_raw(b"", requests=3))
    message = "no answer from 127.0.0.1: RemoteProtocolError: Server disconnected without sending a response."
    assert str(error) == message


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_incomplete_body_is_a_transport_error(transport_failure, respond_raw, status):
    url = respond_raw(f"HTTP/1.1 {status}\r\nContent-Length: 100\r\n\r\n{{}}".encode())
    assert str(transport_failure(url, attempts=1)) == (
        "no answer from 127.0.0.1: RemoteProtocolError: peer closed connection without sending complete message body"
        " (received 2 bytes, expected 100)"
    )


def test_timeout_is_a_transport_error(transport_failure):
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts no connection
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = transport_failure(url, timeout=0.05, attempts=1)
    assert str(error).startswith("no answer from 127.0.0.1: ")
    assert "Timeout" in str(error)


def test_token_in_a_malformed_response_header_is_not_quoted(transport_failure, respond_raw):
    url = respond_raw(f"HTTP/1.1 200 OK\r\nAuthorization : Bearer {TOKEN}\r\n\r\n".encode())
    error = transport_failure(url, attempts=1)
    assert "illegal header line: " in str(error)
    assert "[token]" in str(error)


def test_token_in_a_malformed_request_header_is_not_quoted(transport_failure, answer, httpserver):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"Bearer {TOKEN}\n"
            yield request

    error = transport_failure(answer(b"{}"), token=Broken())
    assert str(error) == "no answer from localhost: LocalProtocolError"
    assert httpserver.log == []
