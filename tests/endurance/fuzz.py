"""Respond to all kinds of client with generated responses: a call must end with `Insights` or an `XInsightsError`."""

import contextlib
import gzip
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import attrs
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from x_insights.testing import skip_waits

from .calls import KINDS, TOKEN, find_flaws, open_get
from .faults import BROKEN, LOCATIONS, PROPER, RESPONSES, Response
from .server import serve

texts = st.text('ab0"\\/\0\n \x7fé\u2028\U0001f426', max_size=6)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**53, 2**63, -(2**63) - 1, 10**30, 1e308])
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(["1", "2", "Likes", "12", "1e5", "nan", TOKEN])
keys = texts | st.sampled_from(["error", "tweets", "tweet_id", "id", "message", "code", "resource_id"])
json_values = st.recursive(
    scalars, lambda some: st.lists(some, max_size=3) | st.dictionaries(keys, some, max_size=3), max_leaves=4
)
known_keys = ["data", "errors", "title", "type", "detail", "status", "code", "measurement", "metrics_total", "value"]
objects = st.dictionaries(st.sampled_from(known_keys), json_values, max_size=4)
# Pages of the right shape, some with an odd value.
values = st.integers(0, 10**9) | st.sampled_from([None, 0, 1.5, "12", "1e5", -1, "nan", TOKEN])
names = st.sampled_from(["Likes", "likes", "New"])
metrics = st.lists(st.fixed_dictionaries({"metric_type": names, "metric_value": values}), max_size=2)
tweet_ids = st.sampled_from(["1", "2", "3", ""])
times = st.sampled_from(["2026-11-22T12:00:00Z", "0001-01-01T00:00:00+14:00", "soon", ""])
totals = st.fixed_dictionaries({"tweet_id": tweet_ids, "value": metrics})
bucket = {"timestamp": st.fixed_dictionaries({"iso8601_time": times}), "metric_values": metrics}
buckets = st.fixed_dictionaries({"tweet_id": tweet_ids, "value": st.fixed_dictionaries(bucket)})
series = {"metrics_time_series": st.lists(buckets, max_size=2)}
measurements = st.fixed_dictionaries({"metrics_total": st.lists(totals, min_size=1, max_size=2)}, optional=series)
items_28hr = st.fixed_dictionaries({"measurement": measurements})
counters = st.dictionaries(names, values, max_size=2)
analytics_buckets = st.fixed_dictionaries({"metrics": counters}, optional={"timestamp": times})
analytics_series = {"timestamped_metrics": st.lists(analytics_buckets, max_size=2)}
known = st.fixed_dictionaries({"id": tweet_ids}, optional=analytics_series)
items_analytics = st.tuples(counters, known).map(lambda parts: {**parts[0], **parts[1]})
items = st.lists(items_28hr, min_size=1, max_size=2) | st.lists(items_analytics, min_size=1, max_size=2)
rest = {"value": scalars, "resource_id": tweet_ids, "code": st.just(89), "message": texts}
problems = {"errors": st.lists(st.fixed_dictionaries({"title": texts}, optional=rest), max_size=2)}
pages = st.fixed_dictionaries({"data": items | items_analytics}, optional=problems)
json_bodies = st.one_of(json_values, objects, pages, pages, pages).map(lambda value: json.dumps(value).encode())
gzipped = json_bodies.map(partial(gzip.compress, mtime=0))
odd = st.sampled_from([b"", b" \r\n", b"[" * 10_000, b"\x1f\x8b\x08", b'{"title": "\\ud800"}', TOKEN.encode()])
bodies = st.one_of(json_bodies, json_bodies, gzipped, gzipped.map(lambda body: body[:-9]), st.binary(max_size=60), odd)
DATE = "Sun, 22 Nov 2026 23:59:30 GMT"
odd_values = ["", "nan", "1e9", "0", "-1", "9" * 19, "1" * 5000, DATE, f"{DATE}, {DATE}", "Sun, 99 Nov 2026"]
integers = st.integers(-(10**25), 10**25).map(str)
header_values = st.one_of(integers, st.sampled_from(odd_values), st.text(' !"%,:;=Aa09~', max_size=12))
encodings = st.sampled_from(["gzip", "deflate", "gzip, gzip", "identity", "br", "zstd"]) | header_values
limits = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset", "retry-after"]
some_headers = {
    **dict.fromkeys([*limits, "date", "x-transaction-id", "content-type"], header_values),
    "content-encoding": encodings,
}
# Headers that are not there cannot keep a body from being read.
headers: st.SearchStrategy[dict[str, str]] = st.just({}) | st.fixed_dictionaries({}, optional=some_headers)
usual_statuses = st.sampled_from([200, 201, 202, 206, 401, 402, 403, 404, 408, 429, 503])
statuses = st.just(200) | st.just(200) | usual_statuses | st.integers(200, 999)
# Most bodies are sent properly, so that they are read.
sendings = st.sampled_from(PROPER) | st.sampled_from(PROPER) | st.sampled_from((*PROPER, *BROKEN))
redirects = st.builds(Response, st.integers(301, 308), st.fixed_dictionaries({"location": st.sampled_from(LOCATIONS)}))


# A function, because hypothesis writes out a strategy with all its parts, and warns that this one is overly large.
@st.composite
def draw_response(draw: st.DrawFn) -> Response:
    cuts, interim = draw(st.lists(st.floats(0, 1), max_size=3)), draw(st.sampled_from([0, 0, 0, 1, 2, 3]))
    return Response(draw(statuses), draw(headers), draw(bodies), draw(sendings), cuts, interim)


responses = st.one_of(*[draw_response()] * 3, redirects, st.sampled_from([*RESPONSES.values()]))
withdrawn = st.just(Response(404))  # the response of X at an endpoint that it has withdrawn
# The client's option `endpoint`, and the responses of 28hr and of analytics.
ENDPOINTS, PATHS = ("28hr", "analytics", "auto"), ("/2/insights/28hr", "/2/tweets/analytics")
examples = st.one_of(
    st.tuples(st.just("28hr"), responses, withdrawn),
    st.tuples(st.just("analytics"), withdrawn, responses),
    st.tuples(st.just("auto"), responses | withdrawn, responses),
)
TWEET_IDS = ("1", "2")
UNLIMITED = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
SETTINGS = settings(UNLIMITED, max_examples=200, report_multiple_bugs=False)


def run(seconds: float, first_seed: int) -> Counter[str]:
    """Try examples with each kind of client until the time is over. Print an example of each flaw."""
    current: dict[str, Response] = {}
    tally, ends_at = Counter[str](), time.monotonic() + seconds

    def respond(target: str) -> Iterator[bytes]:
        response = current[urlsplit(target).path]
        return attrs.evolve(response, headers={**response.headers, "Connection": "close"}).send()

    def check(example: tuple[str, Response, Response]) -> None:
        endpoint, *responses = example
        current.update(zip(PATHS, responses, strict=True))
        tally["examples"] += 1
        for kind in KINDS:
            outcome = gets[kind, endpoint](TWEET_IDS)
            tally[f"{kind} ended with {type(outcome).__name__}"] += 1
            sent = None if endpoint == "auto" else responses[endpoint == "analytics"]
            for flaw in find_flaws(outcome, TWEET_IDS, sent):
                raise AssertionError(f"{flaw} ({kind})")

    with skip_waits(), serve(respond) as url, contextlib.ExitStack() as stack:
        options: dict[str, Any] = {"base_url": url, "timeout": 60, "attempts": 2}
        gets = {}
        for kind, endpoint in itertools.product(KINDS, ENDPOINTS):
            # aiohttp does not report a malformed chunk, and waits for the next one until the deadline.
            options |= {"endpoint": endpoint, "deadline": 0.3 if kind == "aiohttp" else 60}
            gets[kind, endpoint] = stack.enter_context(open_get(kind, is_renewed=endpoint == "auto", **options))
        while not tally or time.monotonic() < ends_at:
            try:
                seed(first_seed + tally["rounds"])(SETTINGS(given(examples)(check)))()
            except Exception as error:
                tally[str(error) if isinstance(error, AssertionError) else f"untyped: {type(error).__name__}"] += 1
                print(*getattr(error, "__notes__", [error]), sep="\n")
            tally["rounds"] += 1
    return tally
