"""Whatever X answers, a call ends in bounded time with `Insights` or an `XInsightsError`: `nox -s fuzz` tries more."""

from __future__ import annotations

import contextlib
import gzip
import json
from functools import partial

from anyio.from_thread import start_blocking_portal
from helpers import TOKEN, assert_plain
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Response

from x_insights import AsyncInsightsClient, Insights, InsightsClient, ResponseError, XInsightsError

# A profile with more examples keeps them.
EXAMPLES = max(300, settings.default.max_examples)

texts = st.text('ab0"\\/\0\n \x7fé\u2028\U0001f426', max_size=6)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**53, 2**63, -(2**63) - 1, 10**30, 1e308])
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(["1", "2", "Likes", "12", "1e5", "nan", TOKEN])
keys = texts | st.sampled_from(["error", "tweets", "tweet_id", "message", "resource_id"])
json_values = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=4,
)
known_keys = st.sampled_from(
    ["data", "errors", "title", "type", "detail", "status", "measurement", "metrics_total", "value"]
)
objects = st.dictionaries(known_keys, json_values, max_size=4)
# Pages of the right shape, some with an odd value.
metric_values = st.lists(
    st.builds(
        lambda name, value: {"metric_type": name, "metric_value": value},
        st.sampled_from(["Likes", "likes", "New"]),
        st.integers(0, 10**9) | st.sampled_from([None, 0, 1.5, "12", "1e5", -1, "nan", TOKEN]),
    ),
    max_size=2,
)
tweet_ids = st.sampled_from(["1", "2", "3", ""])
times = st.sampled_from(["2026-11-22T12:00:00Z", "0001-01-01T00:00:00+14:00", "soon", ""]).map(
    lambda time: {"iso8601_time": time}
)
totals = st.fixed_dictionaries({"tweet_id": tweet_ids, "value": metric_values})
buckets = st.fixed_dictionaries(
    {"tweet_id": tweet_ids, "value": st.fixed_dictionaries({"timestamp": times, "metric_values": metric_values})}
)
measurements = st.fixed_dictionaries(
    {"metrics_total": st.lists(totals, min_size=1, max_size=2)},
    optional={"metrics_time_series": st.lists(buckets, max_size=2)},
)
pages = st.fixed_dictionaries(
    {"data": st.lists(st.fixed_dictionaries({"measurement": measurements}), min_size=1, max_size=2)},
    optional={"errors": st.lists(st.fixed_dictionaries({"title": texts}, optional={"value": scalars}), max_size=2)},
)
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
header_names = [
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "retry-after",
    "date",
    "x-transaction-id",
    "content-type",
]
all_headers = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(header_names, header_values), "content-encoding": encodings | header_values}
)
statuses = st.integers(200, 999) | st.sampled_from([200, 401, 402, 403, 404, 429, 503]) | st.just(200)


def call(get):
    try:
        return get([1, 2], "likes")
    except XInsightsError as error:
        return error


def assert_sound(outcome):
    if isinstance(outcome, Insights):
        json.dumps(outcome.to_dict(), allow_nan=False)
        with contextlib.suppress(ResponseError):  # a time that is not ISO 8601
            outcome.to_rows()
    else:
        assert_plain(outcome)
        assert isinstance(outcome.partial, Insights)
        assert outcome.pending == ("1", "2")


def test_call_ends_with_insights_or_an_error(httpserver):
    responses = []
    httpserver.expect_request("/2/insights/28hr").respond_with_handler(lambda _: responses[-1])
    options = {"base_url": httpserver.url_for("").rstrip("/"), "timeout": 60, "attempts": 2}

    with contextlib.ExitStack() as stack:
        client = stack.enter_context(InsightsClient(TOKEN, **options))
        portal = stack.enter_context(start_blocking_portal())
        async_client = stack.enter_context(portal.wrap_async_context_manager(AsyncInsightsClient(TOKEN, **options)))

        @settings(max_examples=EXAMPLES)
        @given(statuses, all_headers, bodies)
        def run(status, headers, content):
            responses.append(Response(content, status, headers))
            assert_sound(call(client.get_28hr))
            assert_sound(call(partial(portal.call, async_client.get_28hr)))
            httpserver.clear_log()

        run()
    assert len(responses) >= EXAMPLES
