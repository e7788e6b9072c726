"""Run one contender in its own process: ``python scripts/bench/contenders.py NAME URL PAGE``.

Each line of standard input is a number of repetitions. The contender runs them, and prints a line of JSON: CPU and wall
seconds per repetition, and the growth of the process after the first page in megabytes if it is an iteration.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import orjson
import psutil

from server import PAGES, get_arguments
from x_insights import AsyncInsightsClient, Insights, InsightsClient

HEADERS = {"Authorization": "Bearer token"}
PATH = "/2/insights/28hr"
IN_FLIGHT = 32

Run = Callable[[int], float]  # runs a number of repetitions, and returns the growth or 0


def repeat(function: Callable[[], Any]) -> Run:
    def run(count: int) -> float:
        for _ in range(count):
            function()
        return 0

    return run


def repeat_in_flight(fetch: Callable[[], Awaitable[Any]]) -> Run:
    """Return a function that makes a number of requests, `IN_FLIGHT` at a time until the last ones."""
    runner = asyncio.Runner()

    async def fetch_many(count: int) -> float:
        requests = iter(range(count))

        async def work() -> None:
            for _ in requests:
                await fetch()

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        return 0

    return lambda count: runner.run(fetch_many(count))


def build_parameters(page: str) -> dict[str, str]:
    tweet_ids, metrics, granularity = get_arguments(page)
    lists = {"tweet_ids": ",".join(tweet_ids), "requested_metrics": ",".join(metrics)}
    return {**lists, "granularity": granularity, "engagement.fields": "errors,measurement"}


def create_ids(count: int) -> list[str]:
    return [str(10**18 + number) for number in range(count)]


def prepare_facade(url: str, page: str, convert: str = "") -> Run:
    """Prepare calls of the library, or with `convert` a conversion of one result."""
    client, arguments = InsightsClient("token", base_url=url, endpoint=PAGES[page].endpoint), get_arguments(page)
    fetch = partial(client.get_28hr, *arguments)
    return repeat(getattr(fetch(), convert) if convert else lambda: fetch().to_dict())


def prepare_httpx(url: str, page: str) -> Run:
    client, params = httpx.Client(base_url=url, headers=HEADERS, timeout=10), build_parameters(page)
    return repeat(lambda: orjson.loads(client.get(PATH, params=params).content))


def prepare_generated_client(url: str, page: str) -> Run:
    from x_insights_api import AuthenticatedClient
    from x_insights_api.api.tweets import get_insights_28_hr
    from x_insights_api.models import EngagementField, Granularity, Metric

    tweet_ids, metrics, granularity = get_arguments(page)
    get = partial(
        get_insights_28_hr.sync,
        client=AuthenticatedClient(base_url=url, token="token"),
        tweet_ids=tweet_ids,
        granularity=Granularity(granularity),
        requested_metrics=[Metric(metric) for metric in metrics],
        engagement_fields=list(EngagementField),
    )
    return repeat(lambda: response.to_dict() if (response := get()) else None)


def prepare_xdk(url: str, page: str) -> Run:
    from xdk import Client

    tweet_ids, metrics, granularity = get_arguments(page)
    get = partial(Client(base_url=url, access_token="token").posts.get_insights28hr, tweet_ids, granularity, metrics)
    return repeat(lambda: get(engagement_fields=["errors", "measurement"]).model_dump())


def prepare_in_flight(url: str, page: str, *, ours: bool, over_aiohttp: bool) -> Run:
    import httpx_aiohttp

    create = httpx_aiohttp.HttpxAiohttpClient if over_aiohttp else httpx.AsyncClient
    http, params = create(headers=HEADERS, timeout=10), build_parameters(page)
    client, arguments = AsyncInsightsClient("token", base_url=url, http_client=http), get_arguments(page)

    async def fetch() -> Any:
        if ours:
            return (await client.get_28hr(*arguments)).to_dict()
        return orjson.loads((await http.get(url + PATH, params=params)).content)

    return repeat_in_flight(fetch)


def prepare_pages_in_flight(url: str, _: str, limit: int) -> Run:
    """Prepare one call that has `limit` pages in flight. A repetition is that many pages."""
    client, runner = AsyncInsightsClient("token", base_url=url, max_concurrency=limit), asyncio.Runner()

    async def fetch(count: int) -> float:
        await client.get_28hr(create_ids(count * limit * 25), "impressions")
        return 0

    return lambda count: runner.run(fetch(count))


def prepare_iteration(url: str, _: str, *, is_async: bool = False) -> Run:
    """Prepare an iteration over IDs. A repetition is an ID."""
    sync_client, client = InsightsClient("token", base_url=url), AsyncInsightsClient("token", base_url=url)
    process, runner = psutil.Process(), asyncio.Runner()
    # The peak that the system records would hide growth, because validating the IDs briefly needs more memory.
    memory: list[int] = []  # after the first page, and the highest since

    def consume(page: Insights) -> None:
        page.to_dict()
        now = process.memory_info().rss
        memory[:] = [memory[0], max(memory[1], now)] if memory else [now, now]

    async def iterate(count: int) -> float:
        memory.clear()
        if is_async:
            async for page in client.iter_28hr(create_ids(count), "impressions"):
                consume(page)
        else:
            for page in sync_client.iter_28hr(create_ids(count), "impressions"):
                consume(page)
        return (memory[1] - memory[0]) / 2**20

    return lambda count: runner.run(iterate(count))


CONTENDERS: dict[str, Callable[[str, str], Run]] = {
    "x_insights": prepare_facade,
    "httpx + orjson": prepare_httpx,
    "generated client": prepare_generated_client,
    "xdk 0.10.3": prepare_xdk,
    "x_insights over httpx-aiohttp": partial(prepare_in_flight, ours=True, over_aiohttp=True),
    "httpx + orjson, in flight": partial(prepare_in_flight, ours=False, over_aiohttp=False),
    "httpx-aiohttp + orjson": partial(prepare_in_flight, ours=False, over_aiohttp=True),
    "8 pages": partial(prepare_pages_in_flight, limit=8),
    "32 pages": partial(prepare_pages_in_flight, limit=32),
    "iteration": prepare_iteration,
    "async-iteration": partial(prepare_iteration, is_async=True),
    "to_rows": partial(prepare_facade, convert="to_rows"),
    "to_arrow": partial(prepare_facade, convert="to_arrow"),
}


if __name__ == "__main__":
    name, *place = sys.argv[1:]
    run = CONTENDERS[name](*place)
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        growth = run(int(line))
        taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        print(json.dumps({**{key: each / int(line) for key, each in taken.items()}, "growth": growth}), flush=True)
    os._exit(0)  # connections are still open, and aiohttp would report them
