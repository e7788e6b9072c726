"""Fetch thousands of pages from a sandbox that fails three times in ten, and resume until all of them have arrived.

Prints the faults and errors that the clients survived. Exits 1 if an id is missing, arrives twice, or has other values
than without faults.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import anyio
import attrs
import httpx
import stamina

from x_insights import AsyncInsightsClient, Insights, InsightsClient, XInsightsError
from x_insights.testing import Sandbox

METRICS = ("impressions", "likes")
HTML = b"<html><body>503 Service Temporarily Unavailable</body></html>"
RATE_LIMITED = b'{"errors":[{"code":88,"message":"Rate limit exceeded"}]}'


@attrs.define
class Report:
    """The requests of a soak run, and the faults and errors that it survived."""

    requests: int = 0
    faults: Counter[str] = attrs.field(factory=Counter)
    errors: Counter[str] = attrs.field(factory=Counter)


def soak(pages: int, seed: int, *, asynchronous: bool) -> Report:
    """Fetch `pages` pages despite faults, and compare them with the same pages fetched without faults."""
    tweet_ids = [str(10**18 + each) for each in range(pages * 25)]
    with Sandbox(rate_limit=10**9) as faultless, InsightsClient("any", base_url=faultless.url) as client:
        expected = client.get_28hr(tweet_ids, METRICS)
    report = Report()
    # A busy client exhausts this rate limit again and again. Retries do not pause, so many requests fail for good.
    with Sandbox(rate_limit=20, window=0.2) as sandbox, stamina.set_testing(True, attempts=3, cap=True):
        inject = partial(inject_fault, sandbox, random.Random(seed), report)
        fetch = fetch_async if asynchronous else fetch_sync
        parts = fetch_all(partial(fetch, sandbox.url, inject), tuple(tweet_ids), report)
        report.requests = len(sandbox.requests)
    if Counter(tweet_id for part in parts for tweet_id in part) != Counter(tweet_ids):
        raise AssertionError("an id is missing, or arrived more than once")
    if {each: part[each] for part in parts for each in part} != dict(expected):
        raise AssertionError("a value is not the one without faults")
    return report


def fetch_all(fetch: Callable[[tuple[str, ...]], Insights], pending: tuple[str, ...], report: Report) -> list[Insights]:
    """Fetch until no id is pending. Return the insights that each call returned, or its error carried."""
    parts = []
    while pending:
        try:
            parts.append(fetch(pending))
        except XInsightsError as error:
            report.errors[type(error).__name__] += 1
            if error.partial is None:
                raise
            parts.append(error.partial)
            pending = error.pending
            time.sleep(0.01)
        else:
            pending = ()
    return parts


def inject_fault(sandbox: Sandbox, chance: random.Random, report: Report) -> None:
    """Make the sandbox fail the next request, three times in ten."""
    faults: dict[str, Callable[[], None]] = {
        "503": partial(sandbox.fail_next, body=HTML),
        "429": partial(sandbox.fail_next, status=429, body=RATE_LIMITED),
        "dropped": sandbox.drop_next,
        "truncated": sandbox.truncate_next,
    }
    if chance.random() < 0.3:
        name = chance.choice(list(faults))
        report.faults[name] += 1
        faults[name]()


def fetch_sync(url: str, inject: Callable[[], None], tweet_ids: tuple[str, ...]) -> Insights:
    with (
        httpx.Client(event_hooks={"request": [lambda _: inject()]}) as http_client,
        InsightsClient("any", base_url=url, http_client=http_client) as client,
    ):
        return client.get_28hr(tweet_ids, METRICS)


def fetch_async(url: str, inject: Callable[[], None], tweet_ids: tuple[str, ...]) -> Insights:
    async def inject_first(_: httpx.Request) -> None:
        inject()

    async def main() -> Insights:
        async with (
            httpx.AsyncClient(event_hooks={"request": [inject_first]}) as http_client,
            AsyncInsightsClient("any", base_url=url, http_client=http_client) as client,
        ):
            return await client.get_28hr(tweet_ids, METRICS)

    return anyio.run(main)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=28)
    options = parser.parse_args()
    for asynchronous in (False, True):
        begun = time.monotonic()
        report = soak(options.pages, options.seed, asynchronous=asynchronous)
        print(
            f"{'async' if asynchronous else 'sync'}: {options.pages} pages, no id lost or changed, in"
            f" {report.requests} requests and {time.monotonic() - begun:.0f} s; faults: {dict(report.faults)};"
            f" errors: {dict(report.errors)}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
