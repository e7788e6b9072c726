"""Where the token comes from, and how often a token callable is called."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest
from bodies import IDS
from helpers import TOKEN, get_sync

from x_insights import AsyncInsightsClient, AuthenticationError, InsightsClient, XInsightsError
from x_insights._transport.auth import Credentials


def test_a_callable_is_called_before_every_request(get, answer, httpserver):
    asked = []

    def token():
        asked.append(f"token-{len(asked)}")
        return asked[-1]

    for _ in range(3):
        httpserver.clear_log()
        get(answer(b"{}"), "1", "likes", token=token)
        ((request, _),) = httpserver.log
        assert request.headers["Authorization"] == f"Bearer {asked[-1]}"
    assert len(asked) == 3


def test_a_callable_is_called_once_more_after_a_401(get, sandbox):
    asked = []

    def token():
        asked.append("any")
        return "any"

    sandbox.fail_next(status=401)
    assert len(get(sandbox.url, "1", "likes", token=token)) == 1
    assert len(asked) == len(sandbox.requests) == 2
    sandbox.fail_next(2, status=401)
    with pytest.raises(AuthenticationError):
        get(sandbox.url, "1", "likes", token=token)
    assert len(asked) == len(sandbox.requests) == 4


@pytest.mark.anyio
async def test_concurrent_tasks_share_one_call(sandbox):
    calls, built = [], []

    class Client(httpx.AsyncClient):
        def build_request(self, *args, **kwargs):
            built.append(None)
            return super().build_request(*args, **kwargs)

    async def provide_token():
        calls.append(None)
        while len(built) < 8 * len(calls):  # until all tasks need a token
            await anyio.sleep(0.01)
        return "any"

    async with (
        Client() as http_client,
        AsyncInsightsClient(provide_token, base_url=sandbox.url, http_client=http_client, max_concurrency=8) as client,
    ):
        with anyio.fail_after(30):  # a wrong client would wait forever
            await client.get_28hr(range(1, 201), "likes")
            assert len(calls) == 1
            sandbox.fail_next(8, status=401)
            await client.get_28hr(range(1, 201), "likes")
    assert len(calls) == 3
    assert len(sandbox.requests) == 24


def test_concurrent_threads_share_one_call(sandbox):
    calls, all_built = [], threading.Barrier(8)

    class Client(httpx.Client):
        def build_request(self, *args, **kwargs):
            request = super().build_request(*args, **kwargs)
            all_built.wait()
            return request

    def provide_token():
        calls.append(None)
        time.sleep(0.3)  # until the other threads, which have built their requests, need the token too
        return "any"

    with (
        Client() as http_client,
        InsightsClient(provide_token, base_url=sandbox.url, http_client=http_client) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        assert all(pool.map(lambda tweet_id: client.get_28hr(tweet_id, "likes"), IDS[:8]))
    assert len(calls) == 1


def test_an_invalid_token_of_a_callable_is_rejected(get, sandbox):
    for value in (None, 7, b"any", "", "a b", "SECRET\n"):
        with pytest.raises(
            XInsightsError, match=r"^the callable .* returned an invalid access token: it is "
        ) as caught:
            get(sandbox.url, ["1", "2"], "likes", token=lambda value=value: value)
        error = caught.value
        assert type(error) is XInsightsError
        assert (len(error.partial), error.pending, error.retryable) == (0, ("1", "2"), False)
        assert "SECRET" not in str(error)
    assert sandbox.requests == []


@pytest.mark.parametrize("error", [LookupError("SECRET"), AuthenticationError("SECRET", status=401)])
def test_a_callable_that_raises_loses_no_pages(get, sandbox, error):
    def token():
        if sandbox.requests:
            raise error
        return "any"

    tweet_ids = [str(10**18 + each) for each in range(110)]
    with pytest.raises(XInsightsError, match=f"raised {type(error).__name__}$") as caught:
        get(sandbox.url, tweet_ids, "likes", token=token)
    failure = caught.value
    assert type(failure) is XInsightsError
    assert failure.__cause__ is error
    assert "SECRET" not in str(failure)
    assert len(failure.partial) > 0
    resumed = failure.partial | get(sandbox.url, failure.pending, "likes", token="any")
    assert sorted(resumed) == tweet_ids


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_callable_that_raises(sandbox, backend):
    async def token():
        raise LookupError

    async def main():
        async with AsyncInsightsClient(token, base_url=sandbox.url) as client:
            await client.get_28hr("1", "likes")

    with pytest.raises(XInsightsError, match="raised LookupError"):
        anyio.run(main, backend=backend)


def test_an_exception_of_the_callers_auth_is_the_cause_of_an_error(get, sandbox):
    tweet_ids = [str(10**18 + each) for each in range(110)]  # more pages than are in flight at once

    class Broken(httpx.Auth):
        def auth_flow(self, request):
            if sandbox.requests:
                raise LookupError("signing")
            request.headers["Authorization"] = f"Bearer {TOKEN}"
            yield request

    with pytest.raises(XInsightsError, match="failed: LookupError was raised") as caught:
        get(sandbox.url, tweet_ids, "likes", token=Broken())
    error = caught.value
    assert type(error) is XInsightsError
    assert str(error.__cause__) == "signing"
    assert len(error.partial) > 0
    assert {*error.partial, *error.pending} == set(tweet_ids)


@pytest.mark.parametrize(
    "change",
    [lambda headers: headers.pop("Authorization"), lambda headers: headers.update({"Authorization": "Basic b"})],
)
def test_a_hook_that_changes_the_header_does_not_prevent_another_token(sandbox, change):
    calls = []

    def token():
        calls.append(None)
        return f"token-{len(calls)}"

    def hook(request):
        headers.append(request.headers["Authorization"])
        if len(headers) == 1:
            change(request.headers)

    headers = []
    sandbox.revoke("token-1")
    with httpx.Client(event_hooks={"request": [hook]}) as http_client:
        client = InsightsClient(token, base_url=sandbox.url, http_client=http_client)
        assert len(client.get_28hr("1", "likes")) == 1
    assert headers == ["Bearer token-1", "Bearer token-2"]


def test_a_newer_token_replaces_a_rejected_one(sandbox):
    tokens = iter(["old", "new"])
    options = {"base_url": sandbox.url, "attempts": 1}
    sandbox.revoke("old")
    with InsightsClient(lambda: next(tokens), **options) as client:
        assert len(client.get_28hr("1", "likes")) == 1
    credentials = Credentials(lambda: "unused")
    credentials._header = "Bearer new"  # another request has got it
    request = httpx.Request("GET", "https://x")
    assert credentials.authorize(request, "Bearer old") is None
    assert request.headers["Authorization"] == "Bearer new"


def test_a_401_that_exceeds_a_rate_limit_does_not_hold_the_next_token(sandbox, clock):
    headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "9999999999"}
    sandbox.fail_next(status=401, headers=headers)
    assert len(get_sync(sandbox.url, "1", "likes", token=lambda: "any")) == 1
    assert sum(clock.sleeps) == 0
