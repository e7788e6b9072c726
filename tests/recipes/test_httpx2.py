"""httpx2: the library works the same with its clients as with those of httpx."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from functools import partial

import anyio
import httpx
import httpx2
import pytest
import trustme
from bodies import IDS
from documents import find_example, run
from helpers import TOKEN, assert_plain

from x_insights import (
    AsyncInsightsClient,
    InsightsClient,
    InvalidRequestError,
    RateLimitError,
    TransportError,
    __version__,
)

AUTHORITY = trustme.CA()


def get_sync(url, tweet_ids, *, verify=True, token=TOKEN, **options):
    with httpx2.Client(verify=verify) as http_client:
        client = InsightsClient(token, base_url=url, http_client=http_client, **options)
        return client.get_28hr(tweet_ids, "likes")


def get_async(backend, url, tweet_ids, *, verify=True, token=TOKEN, **options):
    async def main():
        async with httpx2.AsyncClient(verify=verify) as http_client:
            client = AsyncInsightsClient(token, base_url=url, http_client=http_client, **options)
            return await client.get_28hr(tweet_ids, "likes")

    return anyio.run(main, backend=backend)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def get(request):
    return get_sync if request.param == "sync" else partial(get_async, request.param)


@pytest.fixture
def fetch_failing(get):
    """Call either client, which must fail. Returns the error."""

    def fetch(url, error_class=TransportError, **options):
        with pytest.raises(error_class) as caught:
            get(url, ["1", "2"], **options)
        assert type(caught.value) is error_class
        assert_plain(caught.value)
        assert caught.value.pending == ("1", "2")
        return caught.value

    return fetch


@pytest.fixture
def serve_tls(serve_connections):
    """Start a TLS server that sends plain text after the handshake. Returns its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost").configure_cert(context)

    def treat(connection):
        with context.wrap_socket(connection, server_side=True) as stream:
            stream.recv(65536)
            os.write(stream.fileno(), b"HTTP/1.1 200 OK\r\n\r\n" * 10)

    return f"https://localhost:{serve_connections(treat).rpartition(':')[2]}"


@pytest.fixture
def silent():
    """The address of a server that accepts no connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class Signer(httpx2.Auth):
    def __init__(self, end=""):
        self.end = end

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Bearer {TOKEN}{self.end}"
        yield request


def test_pages_are_received_and_the_user_agent_is_unchanged(get, sandbox):
    assert len(get(sandbox.url, IDS[:60], timeout=httpx2.Timeout(5))) == 60
    agents = [request.headers["User-Agent"] for request in sandbox.requests]
    assert agents == [f"python-httpx2/{httpx2.__version__}"] * 3


def test_429_and_401_are_retried(get, sandbox):
    tokens = ["third-token", "second-token", "first-token"]
    sandbox.fail_next(status=429)
    assert len(get(sandbox.url, "1", token=tokens.pop)) == 1
    sandbox.fail_next(status=401)
    tokens += ["fifth-token", "fourth-token"]
    assert len(get(sandbox.url, "1", token=tokens.pop)) == 1
    assert len(sandbox.requests) == 4


def test_exceeded_rate_limit_is_an_error(fetch_failing, sandbox):
    sandbox.fail_next(9, status=429, body=f'{{"detail": "You sent {TOKEN}"}}'.encode())
    error = fetch_failing(sandbox.url, RateLimitError)
    assert error.retryable
    assert error.detail == "You sent [token]"


def test_refused_connection_is_a_transport_error(fetch_failing):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    error = fetch_failing(url)
    assert error.retryable
    assert str(error) == f"no response from {url.removeprefix('http://')}: Connection refused"


def test_timeout_is_a_transport_error(fetch_failing, silent):
    error = fetch_failing(silent, timeout=httpx2.Timeout(5, read=0.05), deadline=None, attempts=1)
    assert error.retryable
    assert str(error) == f"no response from {silent.removeprefix('http://')}: ReadTimeout: timed out"
    assert "the deadline of 0.1 s" in str(fetch_failing(silent, deadline=0.1))


def test_rejected_certificate_is_not_retried(fetch_failing, serve_tls):
    error = fetch_failing(serve_tls)
    assert not error.retryable
    assert "certificate verify failed" in str(error)


def test_tls_failure_after_the_handshake_is_a_transport_error(fetch_failing, serve_tls):
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    error = fetch_failing(serve_tls, verify=context)
    assert error.retryable
    assert "TLS failed" in str(error)


def test_an_auth_signs_the_request_itself(get, sandbox):
    assert len(get(sandbox.url, "1", token=Signer())) == 1


def test_token_in_a_malformed_header_is_not_quoted(fetch_failing, sandbox):
    error = fetch_failing(sandbox.url, token=Signer("\n"))
    assert str(error) == f"no response from {sandbox.url.removeprefix('http://')}: LocalProtocolError"
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("http_client", "auth"), [(None, Signer()), (httpx.Client(), Signer()), (httpx2.Client(), httpx.Auth())]
)
def test_an_auth_of_the_other_library_is_rejected(http_client, auth):
    with pytest.raises(InvalidRequestError, match="token is an Auth of another library"):
        InsightsClient(auth, http_client=http_client)
    client = InsightsClient("any-token", http_client=http_client)
    with pytest.raises(InvalidRequestError, match="token is an Auth of another library"):
        client.with_token(auth)


def test_a_client_of_the_other_kind_is_rejected():
    with pytest.raises(InvalidRequestError, match=r"pass an httpx\.Client or an httpx2\.Client"):
        InsightsClient("any-token", http_client=httpx2.AsyncClient())
    with pytest.raises(InvalidRequestError, match=r"pass an httpx\.AsyncClient or an httpx2\.AsyncClient"):
        AsyncInsightsClient("any-token", http_client=httpx2.Client())


def test_the_example_runs(sandbox):
    run(find_example("httpx2.Client()"), sandbox)
    assert len(sandbox.requests) == 1


def run_child(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_httpx2_is_not_imported_unless_the_program_does():
    code = "import sys, x_insights; x_insights.InsightsClient('any-token'); print('httpx2' in sys.modules)"
    assert run_child(code) == "False\n"


def test_own_connections_use_httpx2_if_it_replaces_httpx(sandbox):
    code = f"""
import httpx2
httpx2.alias_httpx()
from x_insights import InsightsClient
class Signer(httpx2.Auth):
    def auth_flow(self, request):
        request.headers["Authorization"] = "Bearer any-token"
        yield request
print(list(InsightsClient(Signer(), base_url={sandbox.url!r}, timeout=httpx2.Timeout(5)).get_28hr("20", "likes")))
"""
    assert run_child(code) == "['20']\n"
    (request,) = sandbox.requests
    assert request.headers["User-Agent"] == f"x-insights-28hr/{__version__} python-httpx2/{httpx2.__version__}"
