"""Answer the clients' requests with made-up responses for `--seconds` seconds.

Whatever X or a proxy sends, a call ends with `Insights` or an `XInsightsError`. Prints how many responses were tried,
and which calls ended otherwise. Exits 1 if any did.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs
from hypothesis import HealthCheck, given, seed, settings

from answers import Example
from callers import KINDS, Get, open_get
from raw_server import RawServer, serve
from soundness import check_answer, check_outcome
from strategies import TOKEN, examples
from tally import Tally, format_counts
from x_insights import Insights
from x_insights.testing import skip_waits

TWEET_IDS = ("1", "2")
# The clients stay open for so many examples, which take a few seconds.
EXAMPLES_PER_ROUND = 200

Check = Callable[[Example, Insights | Exception], None]


@attrs.define
class Report(Tally):
    """The examples of a fuzz run."""

    examples: int = 0
    outcomes: Counter[str] = attrs.field(factory=Counter)
    flawed: dict[str, Example] = attrs.field(factory=dict)
    """The shortest example of each flaw."""


def fuzz(count: int, kinds: Sequence[str], check: Check, random_seed: int | None = None) -> Counter[str]:
    """Try `count` examples with each kind of client. Return how often calls ended with what.

    What `check` raises ends the run, with the smallest example that hypothesis finds.
    """
    outcomes: Counter[str] = Counter()
    current: list[Example] = []

    def respond(target: str) -> Iterator[bytes]:
        return current[-1].get_answer(urlsplit(target).path).send()

    with contextlib.ExitStack() as stack:
        stack.enter_context(skip_waits())
        server = RawServer(respond)
        stack.enter_context(serve(server))
        options: dict[str, Any] = {"base_url": server.url, "timeout": 60, "attempts": 2}
        gets = {
            (kind, endpoint): stack.enter_context(
                open_get(kind, TOKEN, has_new_clients=endpoint == "auto", endpoint=endpoint, **options)
            )
            for kind in kinds
            for endpoint in ("28hr", "analytics", "auto")
        }

        @settings(max_examples=count, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(examples)
        def run(example: Example) -> None:
            current[:] = [example]
            for kind in kinds:
                outcome = call(gets[kind, example.endpoint])
                outcomes[type(outcome).__name__] += 1
                check(example, outcome)

        (run if random_seed is None else seed(random_seed)(run))()
    return outcomes


def call(get: Get) -> Insights | Exception:
    """Return what a call returned or raised."""
    try:
        return get(TWEET_IDS, ["likes"], "Total")
    except Exception as error:
        return error


def check(example: Example, outcome: Insights | Exception) -> None:
    """Raise AssertionError if a call must not end like this."""
    check_outcome(outcome, TWEET_IDS, TOKEN)
    if example.endpoint != "auto":
        check_answer(outcome, example.insights_28hr if example.endpoint == "28hr" else example.analytics)


def fuzz_for(seconds: float, first_seed: int) -> Report:
    """Try examples until the time is over. Count the flaws, instead of stopping at the first."""
    report, end, number = Report(), time.monotonic() + seconds, first_seed

    def count_flaw(example: Example, outcome: Insights | Exception) -> None:
        try:
            check(example, outcome)
        except Exception as error:
            flaw = str(error) if isinstance(error, AssertionError) else f"untyped: {type(error).__name__} of a result"
            report.add_flaw(flaw)
            report.flawed[flaw] = min(example, report.flawed.get(flaw, example), key=lambda each: len(str(each)))

    while report.examples == 0 or time.monotonic() < end:
        outcomes = fuzz(EXAMPLES_PER_ROUND, KINDS, count_flaw, number)
        report.examples += sum(outcomes.values()) // len(KINDS)
        report.outcomes += outcomes
        number += 1
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=28, help="of the first round of examples; the next ones follow")
    options = parser.parse_args(arguments)
    report = fuzz_for(options.seconds, options.seed)
    print(f"{report.examples} examples, each with the clients {', '.join(KINDS)}: {format_counts(report.outcomes)}")
    print(f"Lost, mixed up, untyped: {format_counts(report.flaws)}")
    for flaw, example in report.flawed.items():
        print(f"  {flaw}, such as:\n    {str(example)[:1000]}")
    return 1 if report.flaws else 0


if __name__ == "__main__":
    logging.disable()  # retries, thousands of them
    sys.exit(main())
