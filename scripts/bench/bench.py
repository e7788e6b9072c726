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

from bars import OURS, XDK, compare_with_bars
from figures import Figures, draw_chart, print_figures, print_scale
from in_flight import CONTENDERS, IN_FLIGHT
from server import PAGES
from worker import list_contenders

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
# Requests per turn: the slowest contender takes about a fifth of a second for them.
REQUESTS = {
    "total": 100,
    "hourly": 6,
    "one": 150,
    "analytics": 10,
    "analytics total": 100,
    "analytics unrequested": 100,
    "in flight": 10 * IN_FLIGHT,
}
# What a new interpreter does before its first request.
COLD_STARTS = {
    "httpx": "import httpx; httpx.Client()",
    OURS: "from x_insights import InsightsClient; InsightsClient('t')",
    XDK: "import xdk; xdk.Client(access_token='t')",
    "tweepy 4.17.0": "import tweepy; tweepy.Client('t')",
}
LATENCY = 0.05


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


def measure_scale(counts: Sequence[int]) -> dict[str, Figures]:
    """Return what an iteration takes, by client and by number of ids."""
    with start_server("one") as url:
        run = [sys.executable, str(HERE / "scale.py")]
        return {
            name: {str(count): json.loads(subprocess.check_output([*run, name, url, str(count)])) for count in counts}
            for name in ("iteration", "async-iteration")
        }


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
    results["scale"] = measure_scale((5_000, 20_000) if quick else (10_000, 100_000, 1_000_000))
    print_scale(console, results["scale"])
    results["concurrency"] = measure_concurrency((1, 8, 32))
    for name in ("tables", "cold starts", "concurrency"):
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
