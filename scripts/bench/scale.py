"""Measure what a long iteration or a table costs, or how near to the ideal wall time many pages in flight come.

``python scripts/bench/scale.py iteration URL COUNT``, ``... tables URL ROUNDS`` or ``... concurrency URL LIMIT
LATENCY`` prints one line of JSON. Each measurement has a process of its own, so that the peak memory is its own.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from server import get_arguments
from x_insights import AsyncInsightsClient, InsightsClient


def measure_iteration(url: str, count: str) -> dict[str, float]:
    """Iterate over `count` ids. Return the seconds, and the megabytes that the process has grown since the warm-up."""
    tweet_ids = [str(10**18 + each) for each in range(int(count))]
    with InsightsClient("token", base_url=url) as client:
        client.get_28hr(tweet_ids[:1000], "impressions")  # warms up
        memory, begun = get_peak_memory(), time.perf_counter()
        for page in client.iter_28hr(tweet_ids, "impressions"):
            page.to_dict()
        return {"seconds": time.perf_counter() - begun, "growth": get_peak_memory() - memory}


def get_peak_memory() -> float:
    """Return the peak memory of this process, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
    tweet_ids = [str(10**18 + each) for each in range(rounds * in_flight * 25)]

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
        "tables": measure_tables,
        "concurrency": measure_concurrency,
    }
    print(json.dumps(measure[name](*arguments)))
