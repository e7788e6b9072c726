"""Measure the library against the limit and its peers: CPU, wall time, memory, cold starts, scale and concurrency.

One run measures all contenders in turn, each in a process of its own, against a loopback server in another process.
Prints ratios, and writes them to build/bench.json and build/bench.png. ``--quick`` is for use during development.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from in_flight import CONTENDERS, IN_FLIGHT
from server import PAGES
from worker import list_contenders

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
OURS, PEER, XDK, FLOOR = "x_insights", "httpx + orjson", "xdk 0.10.3", "http.client + msgspec"
OURS_OVER_AIOHTTP, AIOHTTP_PEER = "x_insights over httpx-aiohttp", "httpx-aiohttp + orjson"
# Requests per turn: the slowest contender takes about a fifth of a second for them.
REQUESTS = {"total": 100, "hourly": 6, "one": 150, "analytics": 10, "in flight": 10 * IN_FLIGHT}
# What a new interpreter does before its first request.
COLD_STARTS = {
    "httpx": "import httpx; httpx.Client()",
    OURS: "from x_insights import InsightsClient; InsightsClient('t')",
    XDK: "import xdk; xdk.Client(access_token='t')",
    "tweepy 4.17.0": "import tweepy; tweepy.Client('t')",
}
LATENCY = 0.05

Figures = dict[str, dict[str, float]]


@contextlib.contextmanager
def start(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start another script of this folder, which ends when its standard input is closed."""
    command = [sys.executable, str(HERE / script), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        if running.stdin:
            running.stdin.close()


def request(running: subprocess.Popen[str], line: str) -> Any:
    """Send a line to a worker. Return the figures that it sends back."""
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(f"{line}\n")
    running.stdin.flush()
    return json.loads(running.stdout.readline())


@contextlib.contextmanager
def start_server(page: str, latency: float = 0.0) -> Iterator[str]:
    """Start a server for a page, and yield its URL."""
    with start("server.py", page, str(latency)) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{running.stdout.readline().strip()}"


def measure_page(script: str, contenders: Iterable[str], page: str, count: int, rounds: int) -> Figures:
    """Measure the contenders of a script on one page, in turn, by `count` requests each. Return their medians."""
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(start_server(page))
        workers = {name: stack.enter_context(start(script, name, url, page)) for name in turns}
        for turn in range(rounds + 1):
            for name, worker in workers.items():
                figures = request(worker, str(count))
                if turn:  # the first one warms up
                    turns[name].append(figures)
    return {
        name: {key: statistics.median(each[key] for each in figures) for key in figures[0]}
        for name, figures in turns.items()
    }


def measure_cold_starts(rounds: int) -> dict[str, float]:
    """Return the median seconds until each has its first client, measured in turn, in a new interpreter each time."""
    code = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
    # A deployed service has its byte code written, which the first round does here.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {name: [] for name in COLD_STARTS}
    for _ in range(1 + rounds):
        for name, taken in seconds.items():
            command = [sys.executable, "-c", code.format(COLD_STARTS[name])]
            taken.append(float(subprocess.check_output(command, env=environment)))
    return {name: statistics.median(taken[1:]) for name, taken in seconds.items()}


def measure_scale(counts: Sequence[int]) -> dict[str, dict[str, float]]:
    """Return the seconds and megabytes that an iteration takes, by number of ids."""
    with start_server("one") as url:
        run = [sys.executable, str(HERE / "scale.py"), "iteration", url]
        return {str(count): json.loads(subprocess.check_output([*run, str(count)])) for count in counts}


def measure_tables(rounds: int) -> dict[str, float]:
    """Return the CPU seconds that the rows and the Arrow table of a worst page take."""
    with start_server("hourly") as url:
        run = [sys.executable, str(HERE / "scale.py"), "tables", url, str(rounds)]
        figures: dict[str, float] = json.loads(subprocess.check_output(run))
        return figures


def measure_concurrency(limits: Sequence[int]) -> dict[str, float]:
    """Return the ratio of wall time to the ideal one against a slow server, by number of pages in flight."""
    with start_server("total", LATENCY) as url:
        run = [sys.executable, str(HERE / "scale.py"), "concurrency", url]
        return {str(each): json.loads(subprocess.check_output([*run, str(each), str(LATENCY)])) for each in limits}


def print_figures(console: Console, page: str, figures: Figures, note: str = "") -> None:
    endpoint, ids, metrics, buckets = PAGES[page]
    table = Table(title=f"{page} ({endpoint}): {ids} ids x {len(metrics)} metrics, {buckets or 'no'} buckets{note}")
    for heading in ("", "CPU ms", f"CPU / {FLOOR}", f"CPU / {PEER}", f"CPU {XDK} / this", "wall ms", "peak MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, each in figures.items():
        ratios = [f"{each['cpu'] / figures[peer]['cpu']:.2f}" if peer in figures else "" for peer in (FLOOR, PEER)]
        ratios.append(f"{figures[XDK]['cpu'] / each['cpu']:.2f}" if XDK in figures else "")
        cells = [f"{each['cpu'] * 1e3:.2f}", *ratios, f"{each['wall'] * 1e3:.2f}"]
        table.add_row(name, *cells, f"{each['memory'] / 1024:.0f}")
    console.print(table)


def compare_with_bars(results: dict[str, Any]) -> Iterator[tuple[str, float, float, bool]]:
    """Yield for each promise its name, the figure, the bar, and whether the bar is an upper one."""
    for page, limit, xdk in (("total", 1.25, 2.5), ("hourly", 1.0, 12.0)):
        cpu = {name: each["cpu"] for name, each in results["pages"][page].items()}
        yield f"{page}: CPU of ours / {PEER}", cpu[OURS] / cpu[PEER], limit, True
        yield f"{page}: CPU of {XDK} / ours", cpu[XDK] / cpu[OURS], xdk, False
    cpu = {name: each["cpu"] for name, each in results["pages"]["analytics"].items()}
    yield f"analytics: CPU of ours / {PEER}", cpu[OURS] / cpu[PEER], 3.0, True
    tables = results["tables"]
    yield "hourly: CPU of to_arrow / to_rows", tables["to_arrow"] / tables["to_rows"], 1.0, True
    cpu = {name: each["cpu"] for name, each in results["in flight"].items()}
    for peer, bar in ((PEER, 0.45), (AIOHTTP_PEER, 1.25)):
        yield (
            f"{IN_FLIGHT} in flight: CPU of {OURS_OVER_AIOHTTP} / {peer}",
            cpu[OURS_OVER_AIOHTTP] / cpu[peer],
            bar,
            True,
        )
    yield "cold start of ours / httpx", results["cold starts"][OURS] / results["cold starts"]["httpx"], 1.75, True
    counts = [int(count) for count in results["scale"]]
    first, last = (results["scale"][str(count)] for count in (counts[0], counts[-1]))
    yield f"{counts[-1]:,} ids: MB of growth", last["growth"], 10, True
    growth = last["seconds"] / counts[-1] / (first["seconds"] / counts[0])
    yield f"{counts[-1]:,} ids: time per id / that of {counts[0]:,}", growth, 1.25, True
    yield "8 pages in flight: wall / ideal", results["concurrency"]["8"], 1.2, True


def draw_chart(results: dict[str, Any], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(results["pages"]), figsize=(15, 4), layout="constrained")
    for axis, (page, figures) in zip(axes, results["pages"].items(), strict=True):
        names = list(figures)
        axis.barh(names, [figures[name]["cpu"] * 1e3 for name in names], color=["tab:blue"] * 2 + ["tab:gray"] * 4)
        axis.set(title=page, xlabel="CPU ms per request")
        axis.invert_yaxis()
    figure.savefig(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, in less than a minute")
    quick = parser.parse_args().quick
    console = Console(width=130)
    results: dict[str, Any] = {"pages": {}}
    rounds = 7 if quick else 25
    for page in PAGES:
        results["pages"][page] = measure_page("worker.py", list_contenders(page), page, REQUESTS[page], rounds)
        print_figures(console, page, results["pages"][page])
    results["tables"] = measure_tables(rounds)
    results["in flight"] = measure_page("in_flight.py", CONTENDERS, "total", REQUESTS["in flight"], rounds)
    print_figures(console, "total", results["in flight"], f", {IN_FLIGHT} in flight")
    results["cold starts"] = measure_cold_starts(5 if quick else 21)
    results["scale"] = measure_scale((1_000, 10_000) if quick else (1_000, 10_000, 100_000))
    results["concurrency"] = measure_concurrency((1, 8, 32))
    for name in ("tables", "cold starts", "scale", "concurrency"):
        console.print(name, results[name])
    missed = 0
    for name, figure, bar, upper in compare_with_bars(results):
        holds = figure <= bar if upper else figure >= bar
        missed += not holds
        word = "holds " if holds else "MISSED"
        console.print(f"{word}  {name}: {figure:.2f}, bar {'at most' if upper else 'at least'} {bar}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    draw_chart(results, BUILD / "bench.png")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
