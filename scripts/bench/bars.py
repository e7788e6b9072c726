"""What the library promises of its performance, as ratios in one run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from in_flight import IN_FLIGHT

OURS, PEER, XDK, FLOOR = "x_insights", "httpx + orjson", "xdk 0.10.3", "http.client + msgspec"
OURS_OVER_AIOHTTP, AIOHTTP_PEER = "x_insights over httpx-aiohttp", "httpx-aiohttp + orjson"


def compare_with_bars(results: dict[str, Any]) -> Iterator[tuple[str, float, float, bool]]:
    """Yield for each promise its name, the figure, the bar, and whether the bar is an upper one."""
    for page, limit, xdk in (("total", 1.15, 2.5), ("hourly", 0.95, 12.0)):
        cpu = {name: each["cpu"] for name, each in results["pages"][page].items()}
        yield f"{page}: CPU of ours / {PEER}", cpu[OURS] / cpu[PEER], limit, True
        yield f"{page}: CPU of {XDK} / ours", cpu[XDK] / cpu[OURS], xdk, False
    for page, limit in (("analytics", 1.75), ("analytics total", 1.3), ("analytics unrequested", 5.0)):
        cpu = {name: each["cpu"] for name, each in results["pages"][page].items()}
        yield f"{page}: CPU of ours / {PEER}", cpu[OURS] / cpu[PEER], limit, True
    tables = results["tables"]
    yield "hourly: CPU of to_arrow / to_rows", tables["to_arrow"] / tables["to_rows"], 1.0, True
    cpu = {name: each["cpu"] for name, each in results["in flight"].items()}
    for peer, bar in ((PEER, 0.45), (AIOHTTP_PEER, 1.25)):
        ratio = cpu[OURS_OVER_AIOHTTP] / cpu[peer]
        yield f"{IN_FLIGHT} in flight: CPU of {OURS_OVER_AIOHTTP} / {peer}", ratio, bar, True
    yield "cold start of ours / httpx", results["cold starts"][OURS] / results["cold starts"]["httpx"], 1.75, True
    for name, figures in results["scale"].items():
        cpu = {int(count): each["cpu"] / int(count) for count, each in figures.items()}
        first, last = min(cpu), max(cpu)
        yield f"{name} over {last:,} ids: MB of growth", figures[str(last)]["growth"], 10, True
        yield f"{name} over {last:,} ids: CPU per id / that of {first:,}", cpu[last] / cpu[first], 1.25, True
    yield "8 pages in flight: wall / ideal", results["concurrency"]["8"], 1.2, True
