"""Failures below HTTP and in the caller's own code: each is an error of this library, and no page is lost."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import re
import socket
import ssl
import threading
import warnings
from functools import partial

import anyio
import httpx
import httpx_aiohttp
import pytest
import trustme
from bodies import IDS, build_body
from helpers import TOKEN, assert_plain

from x_insights import (
    ApiError,
    AsyncInsightsClient,
    InsightsClient,
    ResponseError,
    ServerError,
    TransportError,
    XInsightsError,
)
from x_insights._transport import response

AUTHORITY = trustme.CA()
BACKENDS = ["asyncio", "trio"]


def get_with_sync(url, tweet_ids, *, hooks=None, transport=None, close=False):
    hooks = {"response": hooks or []}
    with (
        httpx.Client(event_hooks=hooks, transport=transport) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client, max_wait=0) as client,
    ):
        if close:
            http_client.close()
        return client.get_28hr(tweet_ids, "likes")


def get_with_async(backend, url, tweet_ids, *, hooks=(), transport=None, close=False, http_class=httpx.AsyncClient):
    async def call(hook, response):
        hook(response)

    async def main():
        async with (
            http_class(
                event_hooks={"response": [partial(call, hook) for hook in hooks]}, transport=transport
            ) as http_client,
            AsyncInsightsClient(TOKEN, base_url=url, http_client=http_client, max_wait=0) as client,
        ):
            if close:
                await http_client.aclose()
            return await client.get_28hr(tweet_ids, "likes")

    return anyio.run(main, backend=backend)


GET_WITH = {
    "sync": get_with_sync,
    "asyncio": partial(get_with_async, "asyncio"),
    "trio": partial(get_with_async, "trio"),
    "aiohttp": partial(get_with_async, "asyncio", http_class=httpx_aiohttp.HttpxAiohttpClient),
}


@pytest.fixture(params=GET_WITH)
def get_with(request):
    """`get_28hr` of either client, with an `http_client` of the caller."""
    return GET_WITH[request.param]


@pytest.fixture
def serve_tls(serve_connections, tmp_path, monkeypatch):
    """A function that starts a TLS server, which treats each connection with a function. Returns its address."""
    AUTHORITY.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    def serve(respond, *, certificate=None, client_certificate=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificate or AUTHORITY.issue_cert("localhost")).configure_cert(context)
        if client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED

        def treat(connection):
            with context.wrap_socket(connection, server_side=True) as stream:
                stream.recv(65536)
                respond(stream)

        port = serve_connections(treat).rpartition(":")[2]
        return f"https://localhost:{port}"

    return serve


def send_plain_text(stream):
    os.write(stream.fileno(), b"HTTP/1.1 200 OK\r\n\r\n" * 10)


def test_tls_failure_after_the_handshake_is_a_transport_error(get, serve_tls):
    with pytest.raises(TransportError, match=r"^no response from localhost:\d+: TLS failed: \w+$") as caught:
        get(serve_tls(send_plain_text), [1, 2], "likes")
    assert caught.value.retryable
    assert caught.value.pending == ("1", "2")
    assert_plain(caught.value)


def test_tls_failure_in_a_body_is_a_transport_error(get, serve_tls):
    def respond(stream):
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        send_plain_text(stream)

    with pytest.raises(TransportError, match=r"^no response from localhost:\d+: TLS failed: \w+$") as caught:
        get(serve_tls(respond), [1, 2], "likes")
    assert_plain(caught.value)


@pytest.mark.parametrize("host", ["other.example", "localhost"])
def test_rejected_certificate_is_named_and_not_retried(get, serve_tls, host):
    authority = trustme.CA() if host == "localhost" else AUTHORITY
    url = serve_tls(send_plain_text, certificate=authority.issue_cert(host))
    with pytest.raises(TransportError, match=": certificate verify failed: ") as caught:
        get(url, [1, 2], "likes")
    assert not caught.value.retryable
    assert_plain(caught.value)


def test_required_client_certificate_is_not_retried(get, serve_tls):
    with pytest.raises(TransportError, match=r"^no response from localhost:\d+: ") as caught:
        get(serve_tls(send_plain_text, client_certificate=True), [1, 2], "likes")
    # The alert may be lost if the connection is reset before it is read.
    assert caught.value.retryable == ("CERTIFICATE_REQUIRED" not in str(caught.value).upper())
    assert_plain(caught.value)


@pytest.mark.parametrize("backend", BACKENDS)
def test_cancelled_tls_handshake_closes_its_socket(backend, serve_connections, recwarn):
    def treat(connection):
        connection.recv(65536)  # the client's first message, which gets no response
        greeted.set()
        connection.recv(1)

    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=url) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.get_28hr, "1", "likes")
            while not greeted.is_set():
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()

    greeted = threading.Event()
    url = f"https://{serve_connections(treat)}"
    warnings.simplefilter("always")
    anyio.run(main, backend=backend)
    gc.collect()
    assert [str(each.message) for each in recwarn] == []


def test_reset_connection_says_why(get):
    def reset():
        with contextlib.suppress(OSError):
            while True:  # aiohttp repeats the request
                connection, _ = server.accept()
                connection.recv(65536)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=reset, daemon=True).start()
        # anyio 4.0 loses the error of the socket on asyncio.
        words = r"127.0.0.1:\d+: (Connection reset by peer|ReadError: IndexError: .*)$"
        with pytest.raises(TransportError, match=words) as caught:
            get(f"http://127.0.0.1:{server.getsockname()[1]}", "1", "likes", attempts=1)
    assert_plain(caught.value)


@pytest.mark.parametrize(("words", "retryable"), [("407 Authentication Required", False), ("502 Bad Gateway", True)])
def test_a_proxys_refusal_is_retried_unless_it_wants_a_password(words, retryable):
    def refuse(request):
        raise httpx.ProxyError(words)

    with pytest.raises(TransportError, match=words) as caught:
        get_with_sync("https://x", "1", transport=httpx.MockTransport(refuse))
    assert caught.value.retryable is retryable
    assert_plain(caught.value)


@pytest.mark.parametrize("location", ["/login", "https://elsewhere/", ""])
def test_redirect_is_the_error_of_its_status(get, sandbox, location):
    sandbox.fail_next(status=302, body=b"why", headers={"Location": location})
    with pytest.raises(ApiError) as caught:
        get(sandbox.url, [1, 2], "likes")
    assert (type(caught.value), caught.value.status, caught.value.body) == (ApiError, 302, "why")
    assert [request.endpoint for request in sandbox.requests] == ["28hr"]


@pytest.mark.parametrize("location", ["javascript:x", "http://xn--/"])
def test_invalid_redirect_is_not_retried(get, sandbox, location):
    sandbox.fail_next(9, status=302, headers={"Location": location})
    with pytest.raises(TransportError) as caught:
        get(sandbox.url, IDS[:2], "likes")
    assert not caught.value.retryable
    assert len(sandbox.requests) == 1
    assert caught.value.pending == (IDS[0], IDS[1])


@pytest.mark.parametrize(
    "error",
    [
        LookupError("why"),
        RuntimeError("why"),
        ExceptionGroup("why", [KeyError(), OSError()]),
        ServerError("of another client", status=503),
    ],
)
def test_exception_of_a_callers_hook_is_the_cause_of_an_error(get_with, sandbox, error):
    def hook(response):
        raise error

    with pytest.raises(XInsightsError, match=f"^the request to 127.0.0.1 failed: {type(error).__name__} was") as caught:
        get_with(sandbox.url, [1, 2], hooks=[hook])
    assert type(caught.value) is XInsightsError
    assert caught.value.__cause__ is error
    assert caught.value.pending == ("1", "2")
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError("key"), "FileNotFoundError: key"),
        (UnicodeError("name"), "UnicodeError: name"),
        (ExceptionGroup("", [OSError(""), OSError("why")]), "ExceptionGroup:  \\(2 sub-exceptions\\)"),
        (httpx.StreamClosed(), "StreamClosed: Attempted"),
        (httpx.UnsupportedProtocol("why"), "UnsupportedProtocol: why"),
        (anyio.BrokenResourceError(), "BrokenResourceError$"),
        (anyio.EndOfStream(), "EndOfStream$"),
        (httpx.ConnectError(""), "ConnectError$"),
    ],
)
def test_exception_of_the_network_is_a_transport_error(error, words):
    def fail(request):
        raise error

    with pytest.raises(TransportError, match=f"^no response from x: {words}") as caught:
        get_with_sync("https://x", [1, 2], transport=httpx.MockTransport(fail))
    assert caught.value.pending == ("1", "2")
    assert caught.value.retryable is not isinstance(error, httpx.UnsupportedProtocol)
    assert caught.value.__cause__ is (error if isinstance(error, OSError | UnicodeError) else None)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ConnectionResetError(104, f"reset of {TOKEN}"), "Connection reset by peer"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (BlockingIOError(11, "try again"), "ReadError: BlockingIOError: [Errno 11] try again"),
        (ValueError(f"reset of {TOKEN}"), "ReadError: ValueError: reset of [token]"),
    ],
)
def test_error_without_a_message_has_that_of_its_cause(cause, words):
    def fail(request):
        try:
            try:
                raise cause
            except type(cause) as error:
                raise anyio.BrokenResourceError from error
        except anyio.BrokenResourceError as error:
            raise httpx.ReadError("") from error

    with pytest.raises(TransportError) as caught:
        get_with_sync("https://x", [1, 2], transport=httpx.MockTransport(fail))
    assert str(caught.value) == f"no response from x: {words}"


def test_failure_of_aiohttp_is_not_taken_for_a_timeout():
    def fail(request):
        lost = type("ClientConnectionError", (Exception,), {"__module__": "aiohttp.client_exceptions"})
        raise httpx.ConnectTimeout("lost") from lost()

    with pytest.raises(TransportError, match=r"^no response from x: ConnectTimeout: lost$"):
        get_with_sync("https://x", [1, 2], transport=httpx.MockTransport(fail))


def test_client_that_is_closed_raises_a_runtime_error(get_with, sandbox):
    with pytest.raises(RuntimeError, match="closed") as caught:
        get_with(sandbox.url, [1, 2], close=True)
    assert not isinstance(caught.value, XInsightsError)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_other_exceptions_pass_through(sandbox, error):
    def hook(response):
        raise error

    with pytest.raises(error):
        get_with_sync(sandbox.url, [1, 2], hooks=[hook])


@pytest.mark.parametrize("backend", BACKENDS)
def test_other_exceptions_pass_through_the_async_client(sandbox, backend):
    class Stop(BaseException):
        pass

    def hook(response):
        raise Stop

    with pytest.raises(Stop):
        get_with_async(backend, sandbox.url, IDS[:60], hooks=[hook])


@pytest.mark.parametrize("backend", BACKENDS)
def test_cancellation_passes_through(backend):
    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=url) as client:
            with anyio.move_on_after(0.2) as scope:
                await client.get_28hr([1, 2], "likes")
        assert scope.cancelled_caught

    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        anyio.run(main, backend=backend)


@pytest.fixture
def send_twice(serve_connections):
    """The address of a server that duplicates the response about Post 1: every later one on the connection is late.

    The duplicate is sent after the next request, so that no client can discard the connection because of it earlier.
    """

    def treat(connection):
        responses = []
        while request := connection.recv(65536):
            (tweet_id,) = re.findall("tweet_ids=([0-9]+)&", request.decode())
            body = json.dumps(build_body([(tweet_id, {})])).encode()
            response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            responses += [response] * (2 if tweet_id == "1" else 1)
            connection.sendall(responses.pop(0))

    return f"http://{serve_connections(treat)}"


def test_connection_of_a_response_to_another_request_is_given_up(open_client, send_twice):
    client, run = open_client(TOKEN, base_url=send_twice)
    assert list(run(client.get_28hr, "1", "likes")) == ["1"]
    with pytest.raises(ResponseError, match="measures other Posts"):
        run(client.get_28hr, "2", "likes")
    for tweet_id in ("3", "4"):
        assert list(run(client.get_28hr, tweet_id, "likes")) == [tweet_id]
    run(client.close)


def test_response_that_is_not_read_to_its_end_frees_its_connection(serve_connections, monkeypatch):
    def treat(connection):
        connection.recv(65536)
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b" " * 3_000_000)
        connection.recv(1)

    monkeypatch.setattr(response, "MAX_SIZE", 2**20)
    limits = httpx.Limits(max_connections=1)
    options = {"base_url": f"http://{serve_connections(treat)}", "timeout": httpx.Timeout(10, pool=2)}
    with httpx.Client(limits=limits) as http_client:
        client = InsightsClient(TOKEN, http_client=http_client, **options)
        for _ in range(2):
            with pytest.raises(ResponseError, match="larger than"):
                client.get_28hr("1", "likes")

    async def main():
        async with httpx.AsyncClient(limits=limits) as http_client:
            client = AsyncInsightsClient(TOKEN, http_client=http_client, **options)
            for _ in range(2):
                with pytest.raises(ResponseError, match="larger than"):
                    await client.get_28hr("1", "likes")

    for backend in BACKENDS:
        anyio.run(main, backend=backend)


class ClosingHandler(logging.Handler):
    """Closes a client when it logs a record."""

    def __init__(self, close):
        super().__init__()
        self.close_client = close

    def emit(self, record):
        self.close_client()


def test_client_closed_between_attempts_raises_a_runtime_error(sandbox):
    client = InsightsClient(TOKEN, base_url=sandbox.url)
    handler, logger = ClosingHandler(client.close), logging.getLogger("x_insights")
    sandbox.fail_next()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with pytest.raises(RuntimeError, match="closed"):
            client.get_28hr("1", "likes")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert len(sandbox.requests) == 1
