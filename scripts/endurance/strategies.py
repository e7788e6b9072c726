"""Hypothesis strategies of responses that X, a proxy or a liar may send."""

from __future__ import annotations

import gzip
import json
from functools import partial

from hypothesis import strategies as st

from answers import FRAMINGS, WITHDRAWN, Answer, Example

TOKEN = "SECRET-0123456789"  # noqa: S105 - it is made up, and some responses echo it

texts = st.text('ab0"\\/\0\n \x7fé\u2028\U0001f426', max_size=6)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**53, 2**63, -(2**63) - 1, 10**30, 1e308])
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(["1", "2", "Likes", "12", "1e5", "nan", TOKEN])
keys = texts | st.sampled_from(["error", "tweets", "tweet_id", "id", "message", "code", "resource_id"])
json_values = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=4,
)
known_keys = st.sampled_from(
    ["data", "errors", "title", "type", "detail", "status", "code", "measurement", "metrics_total", "value"]
)
objects = st.dictionaries(known_keys, json_values, max_size=4)

# Pages of the right shape, some with an odd value.
values = st.integers(0, 10**9) | st.sampled_from([None, 0, 1.5, "12", "1e5", -1, "nan", TOKEN])
names = st.sampled_from(["Likes", "likes", "New"])
metric_values = st.lists(
    st.builds(lambda name, value: {"metric_type": name, "metric_value": value}, names, values), max_size=2
)
tweet_ids = st.sampled_from(["1", "2", "3", ""])
time_texts = st.sampled_from(["2026-11-22T12:00:00Z", "0001-01-01T00:00:00+14:00", "soon", ""])
times = time_texts.map(lambda time: {"iso8601_time": time})
totals = st.fixed_dictionaries({"tweet_id": tweet_ids, "value": metric_values})
buckets = st.fixed_dictionaries(
    {"tweet_id": tweet_ids, "value": st.fixed_dictionaries({"timestamp": times, "metric_values": metric_values})}
)
measurements = st.fixed_dictionaries(
    {"metrics_total": st.lists(totals, min_size=1, max_size=2)},
    optional={"metrics_time_series": st.lists(buckets, max_size=2)},
)
problems = st.fixed_dictionaries(
    {"title": texts}, optional={"value": scalars, "resource_id": tweet_ids, "code": st.just(89), "message": texts}
)
problem_lists = st.lists(problems, max_size=2)
pages_28hr = st.fixed_dictionaries(
    {"data": st.lists(st.fixed_dictionaries({"measurement": measurements}), min_size=1, max_size=2)},
    optional={"errors": problem_lists},
)
counters = st.dictionaries(names, values, max_size=2)
analytics_buckets = st.fixed_dictionaries({"metrics": counters}, optional={"timestamp": time_texts})
analytics = st.builds(
    lambda known, beside: {**beside, **known},
    st.fixed_dictionaries({"id": tweet_ids}, optional={"timestamped_metrics": st.lists(analytics_buckets, max_size=2)}),
    counters,
)
pages_analytics = st.fixed_dictionaries(
    {"data": st.lists(analytics, min_size=1, max_size=2) | analytics}, optional={"errors": problem_lists}
)
pages = pages_28hr | pages_analytics

json_bodies = st.one_of(json_values, objects, pages, pages).map(lambda value: json.dumps(value).encode())
bodies = st.one_of(
    json_bodies,
    pages.map(lambda value: json.dumps(value).encode()),
    json_bodies.map(partial(gzip.compress, mtime=0)),
    json_bodies.map(lambda body: gzip.compress(body, mtime=0)[:-9]),
    st.binary(max_size=60),
    st.sampled_from([b"", b" \r\n", b"[" * 10_000, b"\x1f\x8b\x08", b'{"title": "\\ud800"}', TOKEN.encode()]),
)

DATE = "Sun, 22 Nov 2026 23:59:30 GMT"
header_values = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["", "nan", "1e9", "0", "-1", "9" * 19, "1" * 5000, DATE, f"{DATE}, {DATE}", "Sun, 99 Nov 2026"]),
    st.text(' !"%,:;=Aa09~', max_size=12),
)
encodings = st.sampled_from(["gzip", "deflate", "gzip, gzip", "identity", "br", "zstd"])
locations = st.sampled_from(["http:login", "javascript:x", "http://xn--/", "//", "https://elsewhere/", "http://[", "?"])
header_names = [
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "retry-after",
    "date",
    "x-transaction-id",
    "content-type",
]
# Headers that are not there cannot keep a body from being read.
headers: st.SearchStrategy[dict[str, str]] = st.just({}) | st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(header_names, header_values), "content-encoding": encodings | header_values}
)
usual_statuses = st.sampled_from([200, 201, 202, 206, 401, 402, 403, 404, 408, 429, 503])
statuses = st.just(200) | usual_statuses | st.integers(200, 999)
redirects = st.builds(Answer, st.sampled_from([301, 302, 303, 307, 308]), locations.map(lambda url: {"location": url}))

# Most bodies are sent properly, so that they are read.
framings = st.just("length") | st.just("chunked") | st.sampled_from(FRAMINGS)
cuts = st.lists(st.floats(0, 1), max_size=3)
interims = st.just(0) | st.integers(0, 3)


# A function, because hypothesis writes out all that a strategy is made of, and warns that this one is overly large.
@st.composite
def draw_answer(draw: st.DrawFn) -> Answer:
    return Answer(draw(statuses), draw(headers), draw(bodies), draw(framings), draw(cuts), draw(interims))


answers = draw_answer() | draw_answer() | redirects
examples = st.one_of(
    st.builds(Example, st.just("28hr"), answers, st.just(WITHDRAWN)),
    st.builds(Example, st.just("analytics"), st.just(WITHDRAWN), answers),
    st.builds(Example, st.just("auto"), answers | st.just(WITHDRAWN), answers),
)
