"""Measure what a long iteration or a table costs, or how near to the ideal wall time many pages in flight come.

``python scripts/bench/scale.py iteration URL COUNT``, ``... async-iteration URL COUNT``, ``... tables URL ROUNDS`` or
``... concurrency URL LIMIT LATENCY`` prints one line of JSON. Each measurement has a process of its own, so that the
memory is its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from server import get_arguments
from x_insights import AsyncInsightsClient, Insights, InsightsClient


class Meter:
    """Measures an iteration: its wall and CPU seconds, and the megabytes that the process grows after the first page.

    The peak that the system keeps would hide growth, because validating the IDs needs more memory for a moment.
    """

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()
        self._process = psutil.Process()
        self._first = self._highest = 0

    def add(self, page: Insights) -> None:
        """Consume a page."""
        page.to_dict()
        memory = self._process.memory_info().rss
        self._first = self._first or memory
        self._highest = max(self._highest, memory)

    def read(self) -> dict[str, float]:
        """Return the figures."""
        wall, cpu = self._begun
        return {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "growth": (self._highest - self._first) / 2**20,
        }


def measure_iteration(url: str, count: str) -> dict[str, float]:
    """Iterate over `count` ids."""
    tweet_ids = create_ids(int(count))
    with InsightsClient("token", base_url=url) as client:
        client.get_28hr(tweet_ids[:1000], "impressions")  # warms up
        meter = Meter()
        for page in client.iter_28hr(tweet_ids, "impressions"):
            meter.add(page)
        return meter.read()


def measure_async_iteration(url: str, count: str) -> dict[str, float]:
    """Iterate over `count` ids with the asynchronous client."""
    tweet_ids = create_ids(int(count))

    async def main() -> dict[str, float]:
        async with AsyncInsightsClient("token", base_url=url) as client:
            await client.get_28hr(tweet_ids[:1000], "impressions")  # warms up
            meter = Meter()
            async for page in client.iter_28hr(tweet_ids, "impressions"):
                meter.add(page)
            return meter.read()

    return asyncio.run(main())


def create_ids(count: int) -> list[str]:
    return [str(10**18 + each) for each in range(count)]


def measure_tables(url: str, rounds: str) -> dict[str, float]:
    """Convert a worst page to rows and to an Arrow table, in turn. Return the median CPU seconds of each."""
    with InsightsClient("token", base_url=url) as client:
        insights = client.get_28hr(*get_arguments("hourly"))
    turns: dict[str, list[float]] = {"to_rows": [], "to_arrow": []}
    for _ in range(1 + int(rounds)):
        for name, taken in turns.items():
            convert, cpu = getattr(insights, name), time.process_time()
            for _ in range(10):
                convert()
            taken.append((time.process_time() - cpu) / 10)
    return {name: statistics.median(taken[1:]) for name, taken in turns.items()}  # the first round warms up


def measure_concurrency(url: str, limit: str, latency: str) -> float:
    """Fetch sixteen rounds of pages, `limit` of them in flight. Return the ratio of wall time to the ideal one."""
    rounds, in_flight = 16, int(limit)
    tweet_ids = create_ids(rounds * in_flight * 25)

    async def main() -> float:
        async with AsyncInsightsClient("token", base_url=url, max_concurrency=in_flight) as client:
            await client.get_28hr(tweet_ids[: in_flight * 25], "impressions")  # connects
            begun = time.perf_counter()
            await client.get_28hr(tweet_ids, "impressions")
            return (time.perf_counter() - begun) / (rounds * float(latency))

    return asyncio.run(main())


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    measure: dict[str, Callable[..., Any]] = {
        "iteration": measure_iteration,
        "async-iteration": measure_async_iteration,
        "tables": measure_tables,
        "concurrency": measure_concurrency,
    }
    print(json.dumps(measure[name](*arguments)))
