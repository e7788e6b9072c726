"""Run one contender with many requests in flight: ``python scripts/bench/in_flight.py NAME URL PAGE``.

It has 32 tasks on one connection pool, each of which fetches one page after another. Lines of standard input and of
output are those of worker.py.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from server import get_arguments
from worker import build_parameters, report

IN_FLIGHT = 32
PATH = "/2/insights/28hr"
HEADERS = {"Authorization": "Bearer token"}

Fetch = Callable[[], Awaitable[Any]]  # makes one request, and returns its result


def prepare_aiohttp_orjson(url: str, page: str) -> Fetch:
    import aiohttp
    import orjson

    session = aiohttp.ClientSession(headers=HEADERS)
    params = build_parameters(page)

    async def fetch() -> Any:
        async with session.get(url + PATH, params=params) as response:
            return orjson.loads(await response.read())

    return fetch


def prepare_httpx_orjson(url: str, page: str, *, over_aiohttp: bool = False) -> Fetch:
    import httpx
    import httpx_aiohttp
    import orjson

    create = httpx_aiohttp.HttpxAiohttpClient if over_aiohttp else httpx.AsyncClient
    client = create(base_url=url, headers=HEADERS, timeout=10)
    params = build_parameters(page)

    async def fetch() -> Any:
        return orjson.loads((await client.get(PATH, params=params)).content)

    return fetch


def prepare_facade(url: str, page: str, *, over_aiohttp: bool = False) -> Fetch:
    import httpx_aiohttp

    from x_insights import AsyncInsightsClient

    tweet_ids, metrics, granularity = get_arguments(page)
    http_client = httpx_aiohttp.HttpxAiohttpClient() if over_aiohttp else None
    client = AsyncInsightsClient("token", base_url=url, http_client=http_client)

    async def fetch() -> Any:
        return (await client.get_28hr(tweet_ids, metrics, granularity)).to_dict()

    return fetch


CONTENDERS: dict[str, Callable[[str, str], Fetch]] = {
    "aiohttp + orjson": prepare_aiohttp_orjson,
    "httpx-aiohttp + orjson": lambda url, page: prepare_httpx_orjson(url, page, over_aiohttp=True),
    "x_insights over httpx-aiohttp": lambda url, page: prepare_facade(url, page, over_aiohttp=True),
    "httpx + orjson": prepare_httpx_orjson,
    "x_insights over httpx": prepare_facade,
}


async def fetch_many(fetch: Fetch, count: int) -> None:
    """Make a number of requests, so that `IN_FLIGHT` of them are in flight until the last ones."""
    requests = iter(range(count))

    async def work() -> None:
        for _ in requests:
            await fetch()

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def main(name: str, url: str, page: str) -> None:
    with asyncio.Runner() as runner:

        async def prepare() -> Fetch:
            return CONTENDERS[name](url, page)

        fetch = runner.run(prepare())
        runner.run(fetch_many(fetch, IN_FLIGHT))  # connects
        report(lambda count: runner.run(fetch_many(fetch, count)))
        os._exit(0)  # the connections are still open, and aiohttp would report them


if __name__ == "__main__":
    main(*sys.argv[1:])
