"""Run one contender in a process of its own: ``python scripts/bench/worker.py NAME URL PAGE``.

Each line of standard input is a number of requests to make. The worker makes them, and prints a line of JSON: CPU and
wall seconds per request, and the peak memory so far in kilobytes.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from server import PAGES, get_arguments

Fetch = Callable[[], Any]  # makes one request, and returns its result


def prepare_facade(url: str, page: str) -> Fetch:
    from x_insights import InsightsClient

    tweet_ids, metrics, granularity = get_arguments(page)
    client = InsightsClient("token", base_url=url, endpoint=PAGES[page].endpoint)
    return lambda: client.get_28hr(tweet_ids, metrics, granularity).to_dict()


def prepare_async_facade(url: str, page: str) -> Fetch:
    from x_insights import AsyncInsightsClient

    tweet_ids, metrics, granularity = get_arguments(page)
    client = AsyncInsightsClient("token", base_url=url, endpoint=PAGES[page].endpoint)
    loop = asyncio.new_event_loop()

    async def fetch() -> Any:
        return (await client.get_28hr(tweet_ids, metrics, granularity)).to_dict()

    return lambda: loop.run_until_complete(fetch())


def build_parameters(page: str) -> dict[str, str]:
    tweet_ids, metrics, granularity = get_arguments(page)
    return {
        "tweet_ids": ",".join(tweet_ids),
        "granularity": granularity,
        "requested_metrics": ",".join(metrics),
        "engagement.fields": "errors,measurement",
    }


def prepare_httpx_orjson(url: str, page: str) -> Fetch:
    import httpx
    import orjson

    client = httpx.Client(base_url=url, headers={"Authorization": "Bearer token"}, timeout=10)
    params = build_parameters(page)
    return lambda: orjson.loads(client.get("/2/insights/28hr", params=params).content)


def prepare_generated_client(url: str, page: str) -> Fetch:
    from x_insights_api import AuthenticatedClient
    from x_insights_api.api.tweets import get_insights_28_hr
    from x_insights_api.models import EngagementField, Granularity, Metric

    tweet_ids, metrics, granularity = get_arguments(page)
    client = AuthenticatedClient(base_url=url, token="token")

    def fetch() -> Any:
        response = get_insights_28_hr.sync(
            client=client,
            tweet_ids=tweet_ids,
            granularity=Granularity(granularity),
            requested_metrics=[Metric(metric) for metric in metrics],
            engagement_fields=list(EngagementField),
        )
        return response.to_dict() if response else None

    return fetch


def prepare_xdk(url: str, page: str) -> Fetch:
    from xdk import Client

    tweet_ids, metrics, granularity = get_arguments(page)
    client = Client(base_url=url, access_token="token")

    def fetch() -> Any:
        fields = ["errors", "measurement"]
        return client.posts.get_insights28hr(tweet_ids, granularity, metrics, engagement_fields=fields).model_dump()

    return fetch


def prepare_floor(url: str, page: str) -> Fetch:
    """Prepare the least that Python can do: the standard library's HTTP, and a decode that validates."""
    import msgspec

    from x_insights._endpoints.insights_28hr import InsightsBody

    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    decoder = msgspec.json.Decoder(InsightsBody, strict=False)
    target = f"/2/insights/28hr?{urlencode(build_parameters(page), safe=',')}"

    def fetch() -> Any:
        connection.request("GET", target, headers={"Authorization": "Bearer token"})
        return decoder.decode(connection.getresponse().read())

    return fetch


CONTENDERS: dict[str, Callable[[str, str], Fetch]] = {
    "x_insights": prepare_facade,
    "x_insights async": prepare_async_facade,
    "httpx + orjson": prepare_httpx_orjson,
    "generated client": prepare_generated_client,
    "xdk 0.10.3": prepare_xdk,
    "http.client + msgspec": prepare_floor,
}


def list_contenders(page: str) -> list[str]:
    """List the contenders that can fetch a page: for analytics, ours and the one that parses JSON alone."""
    return list(CONTENDERS)[: 3 if PAGES[page].endpoint == "analytics" else None]


def report(run: Callable[[int], None]) -> None:
    """Make as many requests as each line of standard input says. Print what one of them costs."""
    for line in sys.stdin:
        count = int(line)
        cpu, wall = time.process_time(), time.perf_counter()
        run(count)
        figures = {
            "cpu": (time.process_time() - cpu) / count,
            "wall": (time.perf_counter() - wall) / count,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        print(json.dumps(figures), flush=True)


def main(name: str, url: str, page: str) -> None:
    fetch = CONTENDERS[name](url, page)
    fetch()  # connects

    def run(count: int) -> None:
        for _ in range(count):
            fetch()

    report(run)


if __name__ == "__main__":
    main(*sys.argv[1:])
