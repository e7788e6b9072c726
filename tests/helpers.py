"""What several test modules share: calls of each kind of client, and what holds for every error."""

from __future__ import annotations

import copy
import pickle
import traceback
from functools import partial

import anyio
import httpx_aiohttp

from x_insights import AsyncInsightsClient, InsightsClient

TOKEN = "SECRET-0123456789"


def get_sync(url, tweet_ids, metrics, granularity="Total", *, fields=None, **options):
    with InsightsClient(options.pop("token", TOKEN), base_url=url, **options) as client:
        return client.get_28hr(tweet_ids, metrics, granularity, fields=fields)


def get_async(backend, url, tweet_ids, metrics, granularity="Total", *, fields=None, **options):
    async def main():
        async with AsyncInsightsClient(options.pop("token", TOKEN), base_url=url, **options) as client:
            return await client.get_28hr(tweet_ids, metrics, granularity, fields=fields)

    return anyio.run(main, backend=backend)


def get_aiohttp(url, tweet_ids, metrics, granularity="Total", *, fields=None, **options):
    async def main():
        async with (
            httpx_aiohttp.HttpxAiohttpClient() as http_client,
            AsyncInsightsClient(
                options.pop("token", TOKEN), base_url=url, **{"http_client": http_client, **options}
            ) as client,
        ):
            return await client.get_28hr(tweet_ids, metrics, granularity, fields=fields)

    return anyio.run(main)


GET = {
    "sync": get_sync,
    "asyncio": partial(get_async, "asyncio"),
    "trio": partial(get_async, "trio"),
    "aiohttp": get_aiohttp,
}
# The kinds whose HTTP client is created by ours, and not by the caller.
OWN = ["sync", "asyncio", "trio"]


def assert_plain(error):
    """Assert that an error holds no request, response or token, and is the same after pickle and copy."""
    assert error.__cause__ is None
    assert error.__context__ is None
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert again.args == error.args
        assert vars(again) == vars(error)
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    frames = [frame for frame in frames if "/x_insights/" in frame.filename]
    assert frames
    printed = "".join(traceback.StackSummary.from_list(frames).format())
    for text in (str(error), repr(error), repr(vars(error)), printed, repr(pickle.dumps(error))):
        assert TOKEN not in text
