"""What a long iteration costs, and how near to the ideal many pages in flight come: each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time

from x_insights import AsyncInsightsClient, InsightsClient


def iterate(url: str, count: str) -> dict[str, float]:
    """Iterate over so many ids; the seconds, and the megabytes that the process grew by since its first page."""
    tweet_ids = [str(10**18 + each) for each in range(int(count))]
    with InsightsClient("token", base_url=url) as client:
        client.get_28hr(tweet_ids[:1000], "impressions")  # warms up
        memory, begun = peak(), time.perf_counter()
        for page in client.iter_28hr(tweet_ids, "impressions"):
            page.to_dict()
        return {"seconds": time.perf_counter() - begun, "growth": peak() - memory}


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fly(url: str, limit: str, latency: str) -> float:
    """Fetch sixteen rounds of pages with so many in flight; the wall time, in ideal ones."""
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
    print(json.dumps(iterate(*arguments) if name == "iterate" else fly(*arguments)))
