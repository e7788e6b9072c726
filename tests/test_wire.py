"""What goes over the wire."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

import anyio
import httpx
import pytest
from conftest import TOKEN

from x_insights import AsyncInsightsClient, InsightsClient, InvalidRequestError

IDS = [str(10**18 + each) for each in range(60)]


@pytest.fixture
def exchange(get, answer, httpserver):
    """Get from a server that answers with nothing; give the requests that it received."""

    def exchange(*args, **kwargs):
        get(answer(b"{}"), *args, **kwargs)
        return [request for request, _ in httpserver.log]

    return exchange


def test_sixty_ids_are_pages_of_25_25_and_10(exchange):
    requests = exchange(IDS, "likes")
    pages = sorted((request.args["tweet_ids"].split(",") for request in requests), key=lambda page: page[0])
    assert pages == [IDS[:25], IDS[25:50], IDS[50:]]


def test_each_array_is_one_comma_joined_key(exchange):
    (request,) = exchange([20, "30", "20"], ["Likes", "url_clicks"], "hourly")
    assert request.method == "GET"
    assert request.path == "/2/insights/28hr"
    assert parse_qsl(request.query_string.decode()) == [
        ("tweet_ids", "20,30"),
        ("granularity", "Hourly"),
        ("requested_metrics", "Likes,UrlClicks"),
        ("engagement.fields", "errors,measurement"),
    ]


def test_fields_are_those_asked_for(exchange):
    (request,) = exchange("20", "likes", fields="Measurement")
    assert request.args["engagement.fields"] == "measurement"


def test_the_token_is_a_bearer_token(exchange):
    (request,) = exchange("20", "likes")
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_token_comes_from_the_environment(exchange, monkeypatch):
    monkeypatch.setenv("X_ACCESS_TOKEN", "from-the-environment")
    (request,) = exchange("20", "likes", token=None)
    assert request.headers["Authorization"] == "Bearer from-the-environment"


def test_an_oauth_1_signer_is_used_as_it_is(exchange):
    class Signer(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = f"OAuth signature-of-{request.url.path}"
            yield request

    (request,) = exchange("20", "likes", token=Signer())
    assert request.headers["Authorization"] == "OAuth signature-of-/2/insights/28hr"


def test_a_path_in_the_address_is_kept(answer, httpserver, get):
    httpserver.expect_request("/proxy/2/insights/28hr").respond_with_json({})
    get(httpserver.url_for("/proxy/"), "20", "likes")
    httpserver.check()


@pytest.mark.parametrize("kind", [InsightsClient, AsyncInsightsClient])
@pytest.mark.parametrize("value", [None, "", " ", "a b", "token\n", "tökén", 7, b"token"])
def test_tokens_that_cannot_be(kind, value, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN", raising=False)
    with pytest.raises(InvalidRequestError, match="access token") as caught:
        kind(value)
    if value is None:
        assert "X_ACCESS_TOKEN" in str(caught.value)


def test_a_client_of_the_callers_sends_and_stays_as_it_was(sandbox):
    seen = []
    headers = {"User-Agent": "service/1", "X-Trace": "7"}
    hooks = {"request": [lambda request: seen.append(request.headers["authorization"])]}
    with httpx.Client(headers=headers, event_hooks=hooks, base_url="https://example.com", timeout=1) as http_client:
        before = dict(http_client.headers)
        with InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client:
            client.get_28hr(IDS, "likes")
        assert seen == [f"Bearer {TOKEN}"] * 3
        assert dict(http_client.headers) == before
        assert http_client.auth is None
        assert http_client.timeout == httpx.Timeout(1)
        assert not http_client.is_closed
        assert {request.headers["X-Trace"] for request in sandbox.requests} == {"7"}


def test_a_body_that_a_hook_has_read_is_read_all_the_same(sandbox):
    with httpx.Client(event_hooks={"response": [httpx.Response.read]}) as http_client:
        client = InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
        assert len(client.get_28hr(IDS, "likes")) == len(IDS)

    async def main():
        async with httpx.AsyncClient(event_hooks={"response": [httpx.Response.aread]}) as http_client:
            client = AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
            assert len(await client.get_28hr(IDS, "likes")) == len(IDS)

    asyncio.run(main())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_client_of_the_callers_sends_and_stays_as_it_was(sandbox, backend):
    async def main():
        async with httpx.AsyncClient(headers={"X-Trace": "7"}) as http_client:
            before = dict(http_client.headers)
            async with AsyncInsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client) as client:
                await client.get_28hr(IDS, "likes")
            assert dict(http_client.headers) == before
            assert http_client.auth is None
            assert not http_client.is_closed

    anyio.run(main, backend=backend)
    assert {request.headers["X-Trace"] for request in sandbox.requests} == {"7"}


def test_parameters_of_a_callers_client_are_sent_too(answer, httpserver):
    url = answer(b"{}")
    with (
        httpx.Client(params={"key": "of-a-proxy"}) as http_client,
        InsightsClient(TOKEN, base_url=url, http_client=http_client) as client,
    ):
        client.get_28hr(["1", "2"], "likes")
    ((request, _),) = httpserver.log
    assert (request.args["key"], request.args["tweet_ids"]) == ("of-a-proxy", "1,2")


def test_our_own_client_is_closed(sandbox):
    client = InsightsClient(TOKEN, base_url=sandbox.url)
    client.get_28hr("20", "likes")
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.get_28hr("20", "likes")


def test_a_proxy_of_the_environment_does_not_read_what_goes_to_loopback(exchange, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert len(exchange("20", "likes")) == 1


def test_pages_are_fetched_as_they_are_consumed(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        pages = client.iter_28hr(IDS, "likes")
        assert sandbox.requests == []
        assert next(pages).tweet_ids == tuple(IDS[:25])
        assert len(sandbox.requests) == 1
        assert [page.tweet_ids for page in pages] == [tuple(IDS[25:50]), tuple(IDS[50:])]
        assert len(sandbox.requests) == 3


def test_the_rate_limit_is_that_of_the_last_response(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        assert client.rate_limit is None
        client.get_28hr(IDS, "likes")
        assert client.rate_limit is not None
        assert (client.rate_limit.limit, client.rate_limit.remaining) == (300, 297)
        assert client.rate_limit.reset.utcoffset() is not None
        known = client.rate_limit
        sandbox.fail_next(status=404)
        with pytest.raises(Exception, match="404"):
            client.get_28hr("20", "likes")
        assert client.rate_limit == known
