"""Fetch thousands of pages through faults, and resume until all of them have arrived.

Each client (sync, asyncio, trio) fetches `--pages` pages, from either endpoint and with `auto`, over TCP and over TLS.
Prints the faults and errors that it survived, and what was lost, doubled, mixed up or untyped. Exits 1 if anything was.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence

import attrs

from callers import KINDS, Get, open_get
from faults import LEGACY_MESSAGE
from faulty_proxy import FaultyProxy
from raw_server import RawServer, serve
from tally import Tally, format_counts
from tls_relay import TlsRelay, create_contexts
from x_insights import Insights, XInsightsError
from x_insights.testing import Sandbox, skip_waits
from x_insights.testing._figures import compute_totals

METRICS = ("Impressions", "Likes")
PAGE_SIZES = {"28hr": 25, "analytics": 100, "auto": 25}
MOST_IDS_PER_PAGE = max(PAGE_SIZES.values())
TRANSPORTS = ("tcp", "tls")
PAGES_PER_CALL = 12
# A client that gets no further in so many calls in a row never will.
MOST_IDLE_CALLS = 500


@attrs.define
class Report(Tally):
    """A soak run of one client with one endpoint and transport."""

    requests: int = 0
    faults: Counter[str] = attrs.field(factory=Counter)

    def add(self, other: Report) -> None:
        """Add the figures of another run."""
        self.requests += other.requests
        self.faults += other.faults
        self.errors += other.errors
        self.flaws += other.flaws


def soak(pages: int, seed: int, kind: str, endpoint: str, transport: str) -> Report:
    """Fetch `pages` pages despite faults, and compare them with the sandbox's figures."""
    report, size = Report(), PAGE_SIZES[endpoint]
    with contextlib.ExitStack() as stack:
        # A busy client exhausts this rate limit again and again. Retries do not pause, so many requests fail for good.
        sandbox = stack.enter_context(Sandbox(rate_limit=20, window=0.2))
        stack.enter_context(skip_waits())
        proxy = FaultyProxy(sandbox, seed)
        server_tls, client_tls = create_contexts() if transport == "tls" else (None, None)
        server = RawServer(proxy.respond, server_tls)
        stack.enter_context(serve(server))
        url = server.url
        if transport == "tls":
            relay = TlsRelay(server.port, seed, proxy.faults)
            stack.enter_context(serve(relay))
            url = relay.url
        get = stack.enter_context(
            open_get(kind, "any", tls=client_tls, base_url=url, endpoint=endpoint, timeout=60, deadline=1.0)
        )
        for number in range(0, pages, PAGES_PER_CALL):
            if endpoint == "auto" and number >= pages // 2:
                sandbox.withdraw()
            numbers = range(number * size, min(number + PAGES_PER_CALL, pages) * size)
            fetch_all(get, [str(10**18 + each) for each in numbers], report)
            sandbox.requests.clear()  # a run may take hours
        report.requests, report.faults = proxy.requests, proxy.faults
        report.add_flaw("unbounded: a response that trickled in was not given up", proxy.unbounded)
    return report


def fetch_all(get: Get, tweet_ids: Sequence[str], report: Report) -> None:
    """Fetch until no ID is pending, and count what went wrong on the way."""
    pending, arrived, idle = tuple(tweet_ids), set[str](), 0
    while pending and idle < MOST_IDLE_CALLS:
        insights, left = fetch(get, pending, report)
        idle += 1
        if insights is None:
            continue
        if insights.keys() - arrived:
            idle = 0
        if Counter((*insights.tweet_ids, *left)) != Counter(pending):
            report.add_flaw("lost: `partial` and `pending` together are not the IDs of the call")
        report.add_flaw("doubled: arrived before, or is pending as well", len(insights.keys() & {*arrived, *left}))
        report.add_flaw("mixed up: not an ID of the call", len(insights.keys() - {*pending}))
        wrong = [each for each in insights.keys() & {*pending} if insights[each] != create_expected(each)]
        report.add_flaw("mixed up: not the figures of the Post", len(wrong))
        arrived |= insights.keys() & {*pending}
        # A response with errors alone may be that to another request, if a server has sent one twice.
        excused = MOST_IDS_PER_PAGE * sum(LEGACY_MESSAGE in error["message"] for error in insights.errors)
        report.add_flaw("lost: missing from a result, without an error", max(0, len(insights.missing) - excused))
        again = {*left, *insights.missing}
        # In the order of the call, so that pages stay the same.
        pending = tuple(each for each in tweet_ids if each in again)
        time.sleep(0.02 if left else 0)
    report.add_flaw("lost: did not arrive in the end", len({*tweet_ids} - arrived))


def fetch(get: Get, tweet_ids: tuple[str, ...], report: Report) -> tuple[Insights | None, tuple[str, ...]]:
    """Return what one call returned, or its error carried, and the IDs that are pending."""
    try:
        return get(tweet_ids, METRICS, "Total"), ()
    except XInsightsError as error:
        report.errors[type(error).__name__] += 1
        if type(error) is XInsightsError:  # that of the caller's own code, of which there is none here
            report.add_flaw(f"untyped: XInsightsError of {type(error.__cause__).__name__}")
        if error.partial is None:
            report.add_flaw(f"untyped: {type(error).__name__} without `partial`")
        return error.partial, error.pending
    except Exception as error:
        report.add_flaw(f"untyped: {type(error).__module__}.{type(error).__qualname__}")
        return None, tweet_ids


def create_expected(tweet_id: str) -> object:
    """Return the insights of a Post that arrive without faults."""
    return {"totals": compute_totals(tweet_id, METRICS), "series": []}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=4000, help="for each client")
    parser.add_argument("--seed", type=int, default=28, help="of the first course; the next ones follow")
    options = parser.parse_args(arguments)
    courses = list(itertools.product(PAGE_SIZES, TRANSPORTS))
    pages = -(-options.pages // len(courses))
    total = Report()
    for number, (kind, (endpoint, transport)) in enumerate(itertools.product(KINDS, courses)):
        begun = time.monotonic()
        report = soak(pages, options.seed + number, kind, endpoint, transport)
        seconds = time.monotonic() - begun
        print(
            f"{kind}, {endpoint}, {transport}: {pages} pages, {report.requests} requests,"
            f" {sum(report.faults.values())} faults, {sum(report.errors.values())} errors, {seconds:.0f} s;"
            f" flaws: {format_counts(report.flaws)}",
            flush=True,
        )
        total.add(report)
    print(f"In all {pages * len(courses) * len(KINDS)} pages, {total.requests} requests")
    print(f"faults: {format_counts(total.faults)}\nerrors: {format_counts(total.errors)}")
    print(f"lost, doubled, mixed up or untyped: {format_counts(total.flaws)}")
    return 1 if total.flaws else 0


if __name__ == "__main__":
    logging.disable()  # retries, thousands of them
    sys.exit(main())
