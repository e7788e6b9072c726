"""A loopback server that costs the client nothing: it sends prepared bytes from its own process.

The IDs in them are replaced by the requested ones, because the client rejects a response about other Posts.

``python scripts/bench/server.py PAGE LATENCY`` prints its port, and serves until its standard input is closed.
"""

import asyncio
import json
import os
import re
import sys
from typing import Any, NamedTuple

from x_insights import ALL_METRICS, ANALYTICS_METRICS, EndpointName, GranularityName, Metric


class Page(NamedTuple):
    endpoint: EndpointName
    ids: int
    metrics: tuple[Metric, ...]
    buckets: int


PAGES = {
    "total": Page("28hr", 25, ALL_METRICS, 0),
    "hourly": Page("28hr", 25, ALL_METRICS, 28),
    "one": Page("28hr", 1, ALL_METRICS[:1], 0),
    "analytics": Page("analytics", 100, ANALYTICS_METRICS, 28),
    "analytics total": Page("analytics", 100, ANALYTICS_METRICS, 0),
    "analytics unrequested": Page("analytics", 100, ANALYTICS_METRICS, 0),
}
TWEET_IDS = [str(1346889436626259968 + 7919 * position) for position in range(100)]


def get_arguments(page: str) -> tuple[list[str], list[str], GranularityName]:
    """Return the IDs, the metrics and the granularity of the request for a page."""
    _, ids, metrics, buckets = PAGES[page]
    return TWEET_IDS[:ids], [metric.value for metric in metrics], "Hourly" if buckets else "Total"


def build_body(page: str) -> bytes:
    """Build the body of a complete page, with no figure missing."""
    endpoint, ids, metrics, count = PAGES[page]
    times = [f"2026-11-{21 + hour // 24}T{hour % 24:02}:00:00.000Z" for hour in range(12, 12 + (count or 1))]
    content: list[dict[str, Any]]
    if endpoint == "analytics":  # a total is in one bucket
        counts = {metric.name.lower(): 7 * n for n, metric in enumerate(metrics)}
        counts |= {"poll_votes": 7} if page == "analytics unrequested" else {}
        buckets = [{"timestamp": time, "metrics": counts} for time in times]
        content = [{"id": tweet_id, "timestamped_metrics": buckets} for tweet_id in TWEET_IDS[:ids]]
    else:
        values = [{"metric_type": metric.value, "metric_value": 7 * n} for n, metric in enumerate(metrics)]
        series = [{"metric_values": values, "timestamp": {"iso8601_time": time}} for time in times]
        each: list[Any] = series if count else [values]
        items = [{"tweet_id": tweet_id, "value": value} for tweet_id in TWEET_IDS[:ids] for value in each]
        content = [{"measurement": {"metrics_time_series" if count else "metrics_total": items}}]
    return json.dumps({"data": content}, separators=(",", ":")).encode()


def replace_ids(content: bytes, request: bytes) -> bytes:
    """Replace the prepared IDs with those of a request, which have 19 digits, too."""
    tweet_ids = re.findall(rb"[0-9]{19}", request)
    if tweet_ids[0] != TWEET_IDS[0].encode():
        for prepared, tweet_id in zip(TWEET_IDS, tweet_ids, strict=False):
            content = content.replace(prepared.encode(), tweet_id)
    return content


async def serve(page: str, latency: float) -> None:
    content = build_body(page)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                if latency:
                    await asyncio.sleep(latency)
                writer.write(head + replace_ids(content, request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # connections are still open, and no client needs to be told


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2])))
