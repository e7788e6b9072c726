"""`with_token`: clients of many accounts share connections and options, and nothing else."""

from __future__ import annotations

import logging

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import TOKEN

from x_insights import (
    AsyncInsightsClient,
    AuthenticationError,
    InsightsClient,
    InvalidRequestError,
    RateLimitError,
    XInsightsError,
)
from x_insights.testing import Sandbox


@pytest.fixture
def owner(open_client, sandbox):
    """A client of the account TOKEN, and a function that runs its methods."""
    client, run = open_client(TOKEN, base_url=sandbox.url, max_wait=0, attempts=1)
    yield client, run
    run(client.close)


@pytest.fixture
def count_connections(serve_connections):
    """Start a server that keeps connections alive. Returns its address and the connections so far."""
    connections, body = [], b'{"data": []}'

    def treat(connection):
        connections.append(connection)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    return f"http://{serve_connections(treat)}", connections


def test_each_account_sends_its_own_token(open_client, httpserver):
    httpserver.expect_request("/2/insights/28hr").respond_with_json({"data": []})
    client, run = open_client("first", base_url=httpserver.url_for("").rstrip("/"))
    second, third = client.with_token("second"), client.with_token("third")
    for each in (second, client, third.with_token("fourth"), third):
        run(each.get_28hr, "20", "likes")
    tokens = [request.headers["Authorization"] for request, _ in httpserver.log]
    assert tokens == ["Bearer second", "Bearer first", "Bearer fourth", "Bearer third"]
    run(client.close)


def test_accounts_share_connections(open_client, count_connections):
    url, connections = count_connections
    client, run = open_client(TOKEN, base_url=url)
    for number in range(20):
        run(client.with_token(f"token-{number}").get_28hr, "20", "likes")
    assert len(connections) == 1
    run(client.close)


def test_accounts_share_the_options(owner, sandbox):
    client, run = owner
    sandbox.fail_next()
    with pytest.raises(XInsightsError):
        run(client.with_token("second").get_28hr, "20", "likes")
    assert len(sandbox.requests) == 1  # `attempts` is 1


@pytest.mark.usefixtures("clock")
def test_each_account_has_its_own_rate_limit(open_client):
    with Sandbox(rate_limit=2) as sandbox:
        client, run = open_client(TOKEN, base_url=sandbox.url, max_wait=0)
        second = client.with_token("second")
        assert (client.rate_limit, second.rate_limit, second.api_version) == (None, None, None)
        for tweet_id in IDS[:2]:
            run(client.get_28hr, tweet_id, "likes")
        with pytest.raises(RateLimitError, match="not sent"):
            run(client.get_28hr, "20", "likes")
        run(second.get_28hr, "20", "likes")
        assert (client.rate_limit.remaining, second.rate_limit.remaining) == (0, 1)
        assert second.api_version is not None
        assert client.with_token(TOKEN).rate_limit is None
        run(client.close)


def test_a_revoked_token_is_the_failure_of_its_account_alone(owner, sandbox):
    client, run = owner
    sandbox.revoke("second")
    with pytest.raises(AuthenticationError) as caught:
        run(client.with_token("second").get_28hr, IDS[:30], "likes")
    assert caught.value.pending == tuple(IDS[:30])
    assert len(run(client.get_28hr, IDS[:30], "likes")) == 30


def test_all_accounts_fall_back_together(open_client, sandbox, caplog):
    sandbox.withdraw()
    client, run = open_client(TOKEN, base_url=sandbox.url, endpoint="auto")
    with caplog.at_level(logging.WARNING, "x_insights"):
        for number in range(20):
            run(client.with_token(f"token-{number}").get_28hr, "20", "likes")
        run(client.get_28hr, "20", "likes")
    assert [request.endpoint for request in sandbox.requests] == ["28hr"] + ["analytics"] * 21
    assert len(caplog.records) == 1
    run(client.close)


def test_closing_one_account_closes_nothing(owner):
    client, run = owner
    second = client.with_token("second")
    run(second.close)
    for each in (second, client, client.with_token("third")):
        assert len(run(each.get_28hr, "20", "likes")) == 1


def test_an_account_says_that_the_connections_are_closed(open_client, sandbox):
    client, run = open_client(TOKEN, base_url=sandbox.url)
    second = client.with_token("second")
    run(client.close)
    with pytest.raises(RuntimeError, match="the client that owns the connections has been closed"):
        run(second.get_28hr, "20", "likes")
    with pytest.raises(RuntimeError, match="closed"):
        run(client.with_token("third").get_28hr, "20", "likes")


def test_accounts_of_an_http_client_of_the_caller_leave_it_open(sandbox):
    with httpx.Client() as http_client:
        client = InsightsClient(TOKEN, base_url=sandbox.url, http_client=http_client)
        with client.with_token("second") as second:
            second.get_28hr("20", "likes")
        assert not http_client.is_closed
        assert "Authorization" not in http_client.headers


def test_a_cookie_of_one_account_is_not_sent_for_another(open_client, httpserver):
    httpserver.expect_request("/2/insights/28hr").respond_with_json(
        {}, headers={"Set-Cookie": "guest_id=first; Path=/"}
    )
    client, run = open_client("first", base_url=httpserver.url_for("").rstrip("/"))
    for each in (client, client.with_token("second"), client):
        run(each.get_28hr, "20", "likes")
    assert [request.headers.get("Cookie") for request, _ in httpserver.log] == [None] * 3
    run(client.close)


def test_a_callable_and_an_auth_are_tokens_too(owner, sandbox):
    client, run = owner

    class Signer(httpx.Auth):
        def auth_flow(self, request):
            request.headers["Authorization"] = 'OAuth oauth_token="signed"'
            yield request

    for token in (lambda: "second", Signer()):
        assert len(run(client.with_token(token).get_28hr, "20", "likes")) == 1


def test_an_async_callable_is_a_token_of_the_async_client(sandbox):
    async def token():
        return "second"

    async def main():
        async with AsyncInsightsClient(TOKEN, base_url=sandbox.url) as client:
            return await client.with_token(token).get_28hr("20", "likes")

    assert len(anyio.run(main)) == 1


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
def test_an_invalid_token_of_an_account_is_rejected(client_class, monkeypatch):
    monkeypatch.setenv("X_ACCESS_TOKEN", TOKEN)  # another account's
    for token in (None, "", "a b", 7):
        with pytest.raises(InvalidRequestError, match="access token"):
            client_class("first").with_token(token)


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
def test_an_account_is_of_the_class_of_the_first_client(client_class):
    class Mine(client_class):
        pass

    assert type(Mine("first").with_token("second")) is Mine
