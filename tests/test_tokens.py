"""Where the token comes from, and how often a token callable is called."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest

from x_insights import AsyncInsightsClient, AuthenticationError, InsightsClient, InvalidRequestError, XInsightsError
from x_insights.testing import Sandbox

IDS = [str(10**18 + each) for each in range(60)]


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


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_concurrent_tasks_share_one_call(backend):
    asked = []

    async def token():
        asked.append(None)
        await anyio.sleep(0.1)
        return "any"

    async def main():
        async with AsyncInsightsClient(token, base_url=sandbox.url, max_concurrency=8) as client:
            await client.get_28hr(range(1, 201), "likes")
            assert len(asked) == 1
            sandbox.fail_next(8, status=401)
            await client.get_28hr(range(1, 201), "likes")

    with Sandbox(latency=0.05) as sandbox:
        anyio.run(main, backend=backend)
    assert len(asked) == 3
    assert len(sandbox.requests) == 24


def test_concurrent_threads_share_one_call(sandbox):
    asked = []
    ready = threading.Barrier(8)

    def token():
        asked.append(None)
        time.sleep(0.2)
        return "any"

    with InsightsClient(token, base_url=sandbox.url) as client, ThreadPoolExecutor(8) as pool:

        def fetch(tweet_id):
            ready.wait()
            return client.get_28hr(tweet_id, "likes")

        assert all(pool.map(fetch, IDS[:8]))
    assert len(asked) == 1


@pytest.mark.parametrize("value", [None, 7, b"any", "", "a b", "SECRET\n"])
def test_an_invalid_token_of_a_callable_is_rejected(get, sandbox, value):
    with pytest.raises(InvalidRequestError, match="access token") as caught:
        get(sandbox.url, "1", "likes", token=lambda: value)
    assert "SECRET" not in str(caught.value)
    assert sandbox.requests == []


def test_a_callable_that_raises_loses_no_pages(get, sandbox):
    def token():
        if sandbox.requests:
            raise LookupError("SECRET")
        return "any"

    tweet_ids = [str(10**18 + each) for each in range(110)]
    with pytest.raises(XInsightsError, match="raised LookupError") as caught:
        get(sandbox.url, tweet_ids, "likes", token=token)
    error = caught.value
    assert isinstance(error.__cause__, LookupError)
    assert "SECRET" not in str(error)
    assert len(error.partial) > 0
    resumed = error.partial | get(sandbox.url, error.pending, "likes", token="any")
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


def test_an_exception_of_the_callers_auth_passes_through(get, sandbox):
    class Broken(httpx.Auth):
        def auth_flow(self, request):
            raise LookupError("signing")
            yield

    with pytest.raises(LookupError, match="signing"):
        get(sandbox.url, IDS, "likes", token=Broken())
