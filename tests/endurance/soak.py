"""Fetch pages with each kind of client through faults, and resume until all of them have arrived."""

import itertools
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import attrs
import httpx
import trustme

from x_insights import Insights, XInsightsError
from x_insights.testing import Sandbox, skip_waits
from x_insights.testing._endpoints import PERIOD
from x_insights.testing._figures import compute_figures, divide_period

from . import faults
from .calls import KINDS, METRICS, Get, find_flaws, open_get
from .server import serve

PAGE_SIZES = {"28hr": 25, "analytics": 100, "auto": 25}
COURSES = [*itertools.product(KINDS, PAGE_SIZES, ("tcp", "tls"))]
PAGES_PER_CALL = 12
# A client that gets no further in so many calls in a row never will.
MAX_IDLE_CALLS = 500
HEADERS = {"Authorization": "Bearer any"}
# The headers of the sandbox that are about its own connection.
CONNECTION_HEADERS = {"connection", "content-length", "server", "date"}


class FaultyProxy:
    """A proxy in front of a server that fails three times in ten, and damages some of the TLS records."""

    def __init__(self, url: str, seed: int, tally: Counter[str]) -> None:
        self._url, self._tally, self._lock = url, tally, threading.Lock()
        self._faults, self._damages = faults.draw(faults.WEIGHTS, seed), faults.draw(faults.RECORDS, seed)
        self._previous: dict[str, tuple[frozenset[str], faults.Response]] = {}

    def respond(self, target: str) -> Iterator[bytes]:
        """Yield the bytes of the response to a request."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        ids = frozenset((query.get("tweet_ids") or query["ids"])[0].split(","))
        with self._lock:
            fault = next(self._faults)
            previous_ids, previous = self._previous.get(path, (ids, faults.Response(200)))
            # The response to a page of which some IDs are in this one would be right in part.
            fault = "length" if fault == faults.ANOTHER_PAGE and previous_ids & ids else fault
            self._tally["requests"] += 1
            self._tally[f"fault: {fault}"] += fault not in faults.PROPER
        response = faults.RESPONSES.get(fault)
        if response is None:
            forwarded = httpx.get(self._url + target, headers=HEADERS, trust_env=False, verify=False)
            headers = {name: value for name, value in forwarded.headers.items() if name not in CONNECTION_HEADERS}
            response = faults.Response(forwarded.status_code, headers, forwarded.content)
            if response.status == 200:
                self._previous[path] = ids, response
            response = previous if fault == faults.ANOTHER_PAGE else attrs.evolve(response, sending=fault)
        yield from response.send()
        if fault == faults.TRICKLE and response.body:
            self._tally["unbounded: a response that trickled in was not given up"] += 1

    def damage(self, record: bytes) -> bytes:
        """Return the bytes to send instead of a TLS record."""
        with self._lock:
            damage = next(self._damages) if record[0] == faults.APPLICATION_DATA else faults.INTACT
            self._tally[f"fault: {damage}"] += damage != faults.INTACT
        return faults.DAMAGES[damage](record)


def soak(pages: int, seed: int, kind: str, endpoint: str, transport: str) -> Counter[str]:
    """Fetch `pages` pages despite faults, and compare them with the sandbox's figures."""
    tally, size, server_tls, client_tls = Counter[str](), PAGE_SIZES[endpoint], None, None
    if transport == "tls":
        server_tls, client_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority = trustme.CA()
        authority.issue_cert("127.0.0.1").configure_cert(server_tls)
        authority.configure_trust(client_tls)
    # A busy client exhausts this rate limit again and again. Retries do not pause, so many requests fail for good.
    with skip_waits(), Sandbox(rate_limit=20, window=0.2) as sandbox:
        proxy = FaultyProxy(sandbox.url, seed, tally)
        with (
            serve(proxy.respond, server_tls, proxy.damage) as url,
            open_get(kind, client_tls, base_url=url, endpoint=endpoint, timeout=60, deadline=1.0) as get,
        ):
            for number in range(0, pages, PAGES_PER_CALL):
                if endpoint == "auto" and number >= pages // 2:
                    sandbox.withdraw()
                numbers = range(number * size, min(number + PAGES_PER_CALL, pages) * size)
                fetch_all(get, [str(10**18 + each) for each in numbers], tally)
                sandbox.requests.clear()  # a run may take hours
    return tally


def fetch_all(get: Get, tweet_ids: Sequence[str], tally: Counter[str]) -> None:
    """Fetch until no ID is pending, and count everything that goes wrong."""
    pending, arrived, idle = tuple(tweet_ids), set[str](), 0
    while pending and idle < MAX_IDLE_CALLS:
        outcome = get(pending)
        tally[f"ended with {type(outcome).__name__}"] += 1
        tally.update(find_flaws(outcome, pending))
        insights, left = (outcome.partial, outcome.pending) if isinstance(outcome, XInsightsError) else (outcome, ())
        received = insights.keys() & {*pending} if isinstance(insights, Insights) else set()
        idle = 0 if received - arrived else idle + 1
        if not isinstance(insights, Insights):
            continue
        # A response with errors alone may be that to another request, if a server has sent one twice.
        excused = max(PAGE_SIZES.values()) * sum(faults.LEGACY_MESSAGE in error["message"] for error in insights.errors)
        tally["doubled: arrived before, or is pending as well"] += len(insights.keys() & {*arrived, *left})
        tally["mixed up: not an ID of the call"] += len(insights.keys() - received)
        periods = (Sandbox.now - PERIOD, Sandbox.now), insights.period  # with `auto`, a result may be of both endpoints
        spans = [divide_period(*period, "Total")[1] for period in periods if period]
        for each in received:
            known: list[object] = [(compute_figures(each, METRICS, hours)[0], []) for hours in spans]
            tally["mixed up: not the figures of the Post"] += (*insights[each].values(),) not in known
        tally["lost: missing from a result, without an error"] += max(0, len(insights.missing) - excused)
        arrived |= received
        again = {*left, *insights.missing}
        pending = tuple(each for each in tweet_ids if each in again)  # in the order of the call, for the same pages
        time.sleep(0.02 if left else 0)
    tally["lost: did not arrive in the end"] += len({*tweet_ids} - arrived)


def run(pages: int, first_seed: int) -> Counter[str]:
    """Fetch `pages` pages with each kind of client. Return a tally."""
    total, pages = Counter[str](), -(-pages * len(KINDS) // len(COURSES))
    for seed, course in enumerate(COURSES, first_seed):
        tally = soak(pages, seed, *course)
        print(f"{', '.join(course)}: {pages} pages, {tally['requests']} requests", flush=True)
        total += tally + Counter(pages=pages)
    return total
