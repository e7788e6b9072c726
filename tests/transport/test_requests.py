"""What the clients send."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import OWN, TOKEN, get_sync

from x_insights import AsyncInsightsClient, InsightsClient, __version__


@pytest.fixture
def list_requests(get, answer, httpserver):
    """Call either client against a server that sends `{}`. Returns the requests it received."""

    def fetch(*args, **kwargs):
        get(answer(b"{}"), *args, **kwargs)
        return [request for request, _ in httpserver.log]

    return fetch


def test_sixty_ids_are_sent_as_25_25_and_10(list_requests):
    requests = list_requests(IDS[:60], "likes")
    pages = sorted((request.args["tweet_ids"].split(",") for request in requests), key=lambda page: page[0])
    assert pages == [IDS[:25], IDS[25:50], IDS[50:60]]


def test_each_array_is_sent_as_one_comma_separated_value(list_requests):
    (request,) = list_requests([20, "30", "20"], ["Likes", "url_clicks"], "hourly")
    assert request.method == "GET"
    assert request.path == "/2/insights/28hr"
    assert request.query_string == (
        b"tweet_ids=20,30&granularity=Hourly&requested_metrics=Likes,UrlClicks&engagement.fields=errors,measurement"
    )
    assert parse_qsl(request.query_string.decode()) == [
        ("tweet_ids", "20,30"),
        ("granularity", "Hourly"),
        ("requested_metrics", "Likes,UrlClicks"),
        ("engagement.fields", "errors,measurement"),
    ]


def test_only_the_requested_fields_are_sent(list_requests):
    (request,) = list_requests("20", "likes", fields="Measurement")
    assert request.args["engagement.fields"] == "measurement"


def test_the_token_is_sent_as_a_bearer_token(list_requests):
    (request,) = list_requests("20", "likes")
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_without_a_token_the_environment_variable_is_read(list_requests, monkeypatch):
    monkeypatch.setenv("X_ACCESS_TOKEN", "from-the-environment")
    (request,) = list_requests("20", "likes", token=None)
    assert request.headers["Authorization"] == "Bearer from-the-environment"


def test_an_httpx_auth_signs_the_request_itself(list_requests):
    class Signer(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"OAuth signature-of-{request.url.path}"
            yield request

    (request,) = list_requests("20", "likes", token=Signer())
    assert request.headers["Authorization"] == "OAuth signature-of-/2/insights/28hr"


def test_a_path_in_base_url_is_kept(answer, httpserver, get):
    httpserver.expect_request("/proxy/2/insights/28hr").respond_with_json({})
    get(httpserver.url_for("/proxy/"), "20", "likes")
    httpserver.check()


@pytest.mark.parametrize("kind", ["sync", "asyncio"], indirect=True)
def test_own_connections_name_the_library(list_requests):
    (request,) = list_requests("20", "likes")
    assert request.headers["User-Agent"] == f"x-insights-28hr/{__version__} python-httpx/{httpx.__version__}"


def test_the_callers_client_sends_and_is_not_changed(sandbox):
    seen = []
    headers = {"User-Agent": "service/1", "X-Trace": "7"}
    hooks = {"request": [lambda request: seen.append(request.headers["authorization"])]}
    with httpx.Client(headers=headers, event_hooks=hooks, base_url="https://example.com", timeout=1) as http_client:
        before = dict(http_client.headers)
        with InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client:
            client.get_28hr(IDS[:60], "likes")
        assert seen == [f"Bearer {TOKEN}"] * 3
        assert dict(http_client.headers) == before
        assert http_client.auth is None
        assert http_client.timeout == httpx.Timeout(1)
        assert not http_client.is_closed
        assert {request.headers["X-Trace"] for request in sandbox.requests} == {"7"}
        assert {request.headers["User-Agent"] for request in sandbox.requests} == {"service/1"}


def test_a_body_that_a_hook_has_read_is_parsed_too(sandbox):
    with httpx.Client(event_hooks={"response": [httpx.Response.read]}) as http_client:
        client = InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
        assert len(client.get_28hr(IDS[:60], "likes")) == len(IDS[:60])

    async def main():
        async with httpx.AsyncClient(event_hooks={"response": [httpx.Response.aread]}) as http_client:
            client = AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
            assert len(await client.get_28hr(IDS[:60], "likes")) == len(IDS[:60])

    asyncio.run(main())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_callers_async_client_sends_and_is_not_changed(sandbox, backend):
    async def main():
        async with httpx.AsyncClient(headers={"X-Trace": "7"}) as http_client:
            before = dict(http_client.headers)
            async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client:
                await client.get_28hr(IDS[:60], "likes")
            assert dict(http_client.headers) == before
            assert http_client.auth is None
            assert not http_client.is_closed

    anyio.run(main, backend=backend)
    assert {request.headers["X-Trace"] for request in sandbox.requests} == {"7"}


def test_parameters_of_the_callers_client_are_sent_too(answer, httpserver):
    url = answer(b"{}")
    with (
        httpx.Client(params={"key": "of-a-proxy"}) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client) as client,
    ):
        client.get_28hr(["1", "2"], "likes")
    ((request, _),) = httpserver.log
    assert (request.args["key"], request.args["tweet_ids"]) == ("of-a-proxy", "1,2")


@pytest.mark.parametrize("kind", OWN, indirect=True)
def test_a_proxy_from_the_environment_is_not_used_for_loopback(list_requests, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert len(list_requests("20", "likes")) == 1


def test_only_encodings_that_can_be_bounded_are_accepted(get, answer, httpserver, monkeypatch):
    monkeypatch.setitem(httpx._decoders.SUPPORTED_DECODERS, "br", httpx._decoders.IdentityDecoder)
    url = answer(b"{}")
    get(url, "20", "likes")
    with httpx.Client(headers={"Accept-Encoding": "br, zstd"}) as http_client:
        get_sync(url, "20", "likes", http_client=http_client)
        assert http_client.headers["Accept-Encoding"] == "br, zstd"
    assert [request.headers["Accept-Encoding"] for request, _ in httpserver.log] == ["gzip, deflate"] * 2
