"""`AsyncInsightsClient` over httpx-aiohttp: what differs from httpx's own connections, or is easily lost there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import TOKEN, assert_plain, get_aiohttp
from httpx_aiohttp import HttpxAiohttpClient

from x_insights import AsyncInsightsClient, Insights, ResponseError, TransportError, XInsightsError

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def respond(serve_connections):
    """A function that starts a server, which treats each connection after a request, and returns its address."""

    def serve(send):
        def treat(connection):
            connection.recv(65536)
            send(connection)

        return f"http://{serve_connections(treat)}"

    return serve


@pytest.mark.parametrize(
    "content",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED.strip(),
        # httpx-aiohttp cannot read a reason phrase that is not UTF-8.
        b"HTTP/1.1 200 Hello \xff " + TOKEN.encode() + b"\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["status line", "length", "long header", "chunk", "incomplete headers", "reason phrase"],
)
def test_response_against_the_rules_of_http_is_a_transport_error(respond, content):
    url = respond(lambda connection: connection.sendall(content))
    with pytest.raises(TransportError, match=r"^no response from 127.0.0.1:\d+: ") as caught:
        get_aiohttp(url, [1, 2], "likes")
    assert caught.value.retryable
    assert isinstance(caught.value.partial, Insights)
    assert caught.value.pending == ("1", "2")
    assert_plain(caught.value)


def test_malformed_chunk_after_the_headers_is_given_up_at_the_deadline(respond):
    # aiohttp never reports it, and no timeout of it counts any more.
    def send(connection):
        connection.sendall(CHUNKED)
        seen.wait(10)
        connection.sendall(b"zz\r\n")
        connection.recv(1)

    async def notice(_):
        seen.set()

    async def main():
        async with HttpxAiohttpClient(event_hooks={"response": [notice]}) as http_client:
            client = AsyncInsightsClient(TOKEN, base_url=url, http_client=http_client, timeout=0.1, deadline=0.5)
            await client.get_28hr([1, 2], "likes")

    seen = threading.Event()
    url = respond(send)
    with pytest.raises(TransportError) as caught:
        asyncio.run(main())
    assert caught.value.pending == ("1", "2")
    assert_plain(caught.value)


def test_a_proxy_that_requires_a_password_is_not_retried(respond):
    url = respond(lambda connection: connection.sendall(b"HTTP/1.1 407 Authentication Required\r\n\r\n"))

    async def main():
        async with HttpxAiohttpClient(proxy=url) as http_client:
            await AsyncInsightsClient(TOKEN, http_client=http_client).get_28hr([1, 2], "likes")

    with pytest.raises(TransportError, match="ProxyError: 407") as caught:
        asyncio.run(main())
    assert not caught.value.retryable
    assert_plain(caught.value)


def test_endless_body_is_given_up(respond):
    def pour(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b" " * 2**20)

    with pytest.raises(ResponseError, match="larger than 64 MiB") as caught:
        get_aiohttp(respond(pour), "1", "likes")
    assert_plain(caught.value)


def test_malformed_header_of_an_auth_is_an_error_without_the_token(answer, httpserver):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"Bearer {TOKEN}\n"
            yield request

    with pytest.raises(XInsightsError, match=r"^the request to localhost failed: ValueError was raised$") as caught:
        get_aiohttp(answer(b"{}"), [1, 2], "likes", token=Broken())
    assert TOKEN not in repr(caught.value.__cause__)
    assert caught.value.pending == ("1", "2")
    assert httpserver.log == []


def test_full_pool_is_a_transport_error_and_a_cancelled_call_frees_it(sandbox):
    async def main(silent):
        async with HttpxAiohttpClient(limits=httpx.Limits(max_connections=4)) as http_client:
            options = {"http_client": http_client, "attempts": 1}
            patient = AsyncInsightsClient(TOKEN, base_url=silent, **options)
            hurried = AsyncInsightsClient(TOKEN, base_url=silent, **options, timeout=httpx.Timeout(10, pool=0.1))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(patient.get_28hr, IDS[:100], "likes")
                await anyio.wait_all_tasks_blocked()
                with pytest.raises(TransportError, match=r": ConnectTimeout: timed out$") as caught:
                    await hurried.get_28hr("1", "likes")
                tasks.cancel_scope.cancel()
            assert caught.value.pending == ("1",)
            client = AsyncInsightsClient(TOKEN, base_url=sandbox.url, **options)
            assert len(await client.get_28hr(IDS[:100], "likes")) == 100

    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts no connection
        asyncio.run(main(f"http://127.0.0.1:{server.getsockname()[1]}"))


def test_a_client_in_another_event_loop_is_rejected(sandbox):
    async def main():
        async with contextlib.aclosing(http_client):
            await client.get_28hr([1, 2], "likes")

    http_client = HttpxAiohttpClient()
    client = AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
    asyncio.run(main())
    with pytest.raises(XInsightsError, match="another process or event loop") as caught:
        asyncio.run(main())
    assert caught.value.pending == ("1", "2")
