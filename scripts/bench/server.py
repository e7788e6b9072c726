"""A loopback server that costs the client nothing: it sends prepared bytes, from a process of its own.

``python scripts/bench/server.py PAGE LATENCY`` prints its port, and serves until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from x_insights import ALL_METRICS

# The number of ids, of metrics, and of time buckets.
PAGES = {"total": (25, 26, 0), "hourly": (25, 26, 28), "one": (1, 1, 0)}
TWEET_IDS = [str(1346889436626259968 + 7919 * position) for position in range(25)]


def get_arguments(page: str) -> tuple[list[str], list[str], str]:
    """Return the ids, the metrics and the granularity of the request for a page."""
    ids, metrics, buckets = PAGES[page]
    return TWEET_IDS[:ids], [metric.value for metric in ALL_METRICS[:metrics]], "Hourly" if buckets else "Total"


def build_body(page: str) -> bytes:
    """Build the body of a complete page, with no figure missing."""
    tweet_ids, metrics, _ = get_arguments(page)
    buckets = PAGES[page][2]
    values = [
        [{"metric_type": metric, "metric_value": 7 * n + m} for m, metric in enumerate(metrics)] for n in range(29)
    ]
    times = [
        {"iso8601_time": f"2026-11-{21 + hour // 24}T{hour % 24:02}:00:00.000Z"} for hour in range(12, 12 + buckets)
    ]
    measurement: dict[str, Any]
    if buckets:
        items = [
            {"tweet_id": tweet_id, "value": {"metric_values": values[hour], "timestamp": time}}
            for tweet_id in tweet_ids
            for hour, time in enumerate(times)
        ]
        measurement = {"metrics_time_series": items}
    else:
        measurement = {"metrics_total": [{"tweet_id": each, "value": values[n]} for n, each in enumerate(tweet_ids)]}
    return json.dumps({"data": [{"measurement": measurement}]}, separators=(",", ":")).encode()


async def serve(page: str, latency: float) -> None:
    content = build_body(page)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                if latency:
                    await asyncio.sleep(latency)
                writer.write(head + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # connections are still open, and no client needs to be told


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2])))
