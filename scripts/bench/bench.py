"""Measure CPU, memory and cold starts as ratios to other clients in one run, and compare the ratios with their bars.

All contenders run in turn, each in its own process, against a loopback server in another process. Prints medians and
ratios, and exits with 1 if a bar is missed. ``--quick`` is for use during development.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from contenders import IN_FLIGHT

OURS, PEER, XDK = "x_insights", "httpx + orjson", "xdk 0.10.3"
OURS_IN_FLIGHT = "x_insights over httpx-aiohttp"
PEER_IN_FLIGHT, AIOHTTP_PEER = "httpx + orjson, in flight", "httpx-aiohttp + orjson"
# The code that a new interpreter runs before its first request.
COLD_STARTS = {
    "httpx": "import httpx; httpx.Client()",
    OURS: "from x_insights import InsightsClient; InsightsClient('t')",
}
LATENCY = 0.05
Figures = dict[str, dict[str, float]]  # medians by figure and contender


@contextlib.contextmanager
def start(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start another script of this folder. It ends when its standard input is closed."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.communicate()  # closes it


def run(contender: subprocess.Popen[str], count: int) -> dict[str, float]:
    """Let a contender run a number of repetitions. Return the measured figures."""
    print(count, file=contender.stdin, flush=True)
    assert contender.stdout
    figures: dict[str, float] = json.loads(contender.stdout.readline())
    return figures


def measure(page: str, names: Sequence[str], count: int, rounds: int, *, latency: float = 0) -> Figures:
    """Measure contenders in turn on one page, with `count` repetitions each. Print and return their medians."""
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(start("server.py", page, str(latency)))
        assert server.stdout
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        contenders = {name: stack.enter_context(start("contenders.py", name, url, page)) for name in names}
        for contender in contenders.values():
            run(contender, min(count, 1000))  # warms up
        for _ in range(rounds):
            for name, contender in contenders.items():
                turns[name].append(run(contender, count))
    medians = {
        figure: {name: statistics.median(each[figure] for each in turn) for name, turn in turns.items()}
        for figure in ("cpu", "wall", "growth")
    }
    print(f"{page}, {count:,} repetitions")
    for name in names:
        cpu, wall = medians["cpu"][name] * 1e3, medians["wall"][name] * 1e3
        print(f"  {name:30} {cpu:9.3f} ms CPU {wall:9.3f} ms wall", flush=True)
    return medians


def measure_cold_start(rounds: int) -> float:
    """Measure the time until a new interpreter has its first client. Return the ratio of the medians."""
    code = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
    # The byte code of a deployed service is compiled. Here, the first round compiles it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {name: [] for name in COLD_STARTS}
    for _ in range(1 + rounds):
        for name, taken in seconds.items():
            command = [sys.executable, "-c", code.format(COLD_STARTS[name])]
            taken.append(float(subprocess.check_output(command, env=environment)))
    return statistics.median(seconds[OURS][1:]) / statistics.median(seconds["httpx"][1:])


def is_at_most(bar: float, figure: float, name: str, *, sign: int = 1) -> bool:
    holds = sign * figure <= sign * bar
    print("holds " if holds else "MISSED", f" {name}: {figure:.2f}, bar at {'most' if sign > 0 else 'least'} {bar}")
    return holds


is_at_least = partial(is_at_most, sign=-1)


def check_bars(*, quick: bool) -> Iterator[bool]:
    """Measure every figure that has a bar. Yield whether each bar holds."""
    rounds = 7 if quick else 25
    # The slowest contender takes about 0.2 s for one turn.
    for page, count, limit, xdk in (("total", 100, 1.15, 2.5), ("hourly", 6, 0.95, 12.0)):
        cpu = measure(page, (OURS, PEER, "generated client", XDK), count, rounds)["cpu"]
        yield is_at_most(limit, cpu[OURS] / cpu[PEER], f"{page}: CPU of ours / {PEER}")
        yield is_at_least(xdk, cpu[XDK] / cpu[OURS], f"{page}: CPU of {XDK} / ours")
    for page, limit in (("analytics", 1.75), ("analytics total", 1.3), ("analytics unrequested", 5.0)):
        cpu = measure(page, (OURS, PEER), 10 if page == "analytics" else 100, rounds)["cpu"]
        yield is_at_most(limit, cpu[OURS] / cpu[PEER], f"{page}: CPU of ours / {PEER}")
    cpu = measure("hourly", ("to_rows", "to_arrow"), 10, rounds)["cpu"]
    yield is_at_most(1.0, cpu["to_arrow"] / cpu["to_rows"], "hourly: CPU of to_arrow / to_rows")
    cpu = measure("total", (OURS_IN_FLIGHT, PEER_IN_FLIGHT, AIOHTTP_PEER), 10 * IN_FLIGHT, rounds)["cpu"]
    for peer, limit in ((PEER_IN_FLIGHT, 0.45), (AIOHTTP_PEER, 1.25)):
        yield is_at_most(limit, cpu[OURS_IN_FLIGHT] / cpu[peer], f"CPU of {OURS_IN_FLIGHT} / {peer}")
    yield is_at_most(1.75, measure_cold_start(5 if quick else 21), "cold start of ours / httpx")
    counts = (5_000, 20_000) if quick else (10_000, 100_000, 1_000_000)
    for name in ("iteration", "async-iteration"):
        # Each count has its own processes, so that it does not start with the memory of another.
        scale = [measure("one", (name,), count, 1) for count in counts]
        over = f"{name} over {counts[-1]:,} IDs"
        yield is_at_most(10, scale[-1]["growth"][name], f"{over}: MB of growth")
        ratio = scale[-1]["cpu"][name] / scale[0]["cpu"][name]
        yield is_at_most(1.25, ratio, f"{over}: CPU per ID / that of {counts[0]:,}")
    # A repetition is a round of pages that the server holds for `LATENCY`, the ideal wall time.
    wall = measure("total", ("8 pages", "32 pages"), 16, 1, latency=LATENCY)["wall"]
    yield is_at_most(1.2, wall["8 pages"] / LATENCY, "8 pages in flight: wall / ideal")
    print(f"        32 pages in flight: wall / ideal: {wall['32 pages'] / LATENCY:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, in less than a minute")
    sys.exit(0 if all([*check_bars(quick=parser.parse_args().quick)]) else 1)
