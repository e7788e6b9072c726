"""The facade reads the same from any well-formed body as the generated models, which are the oracle."""

from __future__ import annotations

import json

from bodies import build_bucket, build_total
from hypothesis import given
from hypothesis import strategies as st

from x_insights import ALL_METRICS, Insights
from x_insights._endpoints import ENDPOINT_CHOICES
from x_insights._query import validate_query
from x_insights_api.models import AnalyticsField, AnalyticsResponse, InsightsResponse, Metric
from x_insights_api.types import UNSET

INSIGHTS_28HR, TWEETS_ANALYTICS = ENDPOINT_CHOICES["auto"]
TWEET_IDS = ("1", "2", "3")

# The parts of a body are drawn as flat tuples, which is cheap, and put together by plain functions.
tweet_ids = st.sampled_from(TWEET_IDS)
times = st.sampled_from([f"2026-11-22T{hour:02}:00:00.000Z" for hour in range(4)])
texts = st.text('ab é"\\', max_size=4)
values = st.lists(st.tuples(st.sampled_from(ALL_METRICS), st.integers(0, 10**9)), max_size=3)
totals = st.lists(st.tuples(tweet_ids, values), max_size=3)
buckets = st.lists(st.tuples(tweet_ids, times, values), max_size=4)
errors = st.lists(st.tuples(st.none() | texts, st.none() | st.lists(tweet_ids, max_size=2)), max_size=2)
problems = st.lists(st.tuples(texts, texts, st.none() | texts, st.none() | st.integers(100, 599)), max_size=2)
engagements = st.lists(st.tuples(st.none() | totals, st.none() | buckets, st.none() | errors), max_size=3)


def drop_absent(content):
    return {name: value for name, value in content.items() if value is not None}


def build_engagement(totals, buckets, errors):
    measurement = {
        "metrics_total": totals and [build_total(*total) for total in totals],
        "metrics_time_series": buckets and [build_bucket(*bucket) for bucket in buckets],
    }
    return drop_absent(
        {
            "measurement": drop_absent(measurement) or None,
            "errors": errors and [drop_absent({"error": error, "tweets": tweets}) for error, tweets in errors],
        }
    )


def build_problem(title, kind, detail, status):
    return drop_absent({"title": title, "type": kind, "detail": detail, "status": status})


@given(st.none() | engagements, st.none() | problems)
def test_facade_and_generated_models_agree_on_28hr(engagements, problems):
    content = drop_absent(
        {
            "data": engagements and [build_engagement(*engagement) for engagement in engagements],
            "errors": problems and [build_problem(*problem) for problem in problems],
        }
    )
    generated = InsightsResponse.from_dict(json.loads(json.dumps(content)))
    query = validate_query(Metric, TWEET_IDS, "Likes", "Total", None)
    page = INSIGHTS_28HR.parse_page(json.dumps(content).encode(), query)
    insights = Insights(TWEET_IDS, (page,))

    totals, series, errors = {}, {}, []
    for engagement in generated.data or ():
        measurement = engagement.measurement
        for item in (measurement and measurement.metrics_total) or ():
            totals.setdefault(item.tweet_id, {}).update({each.metric_type: each.metric_value for each in item.value})
        for item in (measurement and measurement.metrics_time_series) or ():
            bucket = series.setdefault(item.tweet_id, {}).setdefault(item.value.timestamp.iso8601_time, {})
            bucket.update({each.metric_type: each.metric_value for each in item.value.metric_values})
        errors += [(error.error or "", error.tweets or []) for error in engagement.errors or ()]
    errors += [(problem.detail or problem.title, []) for problem in generated.errors or ()]

    tweets = insights.to_dict()["tweets"]
    assert tweets.keys() == totals.keys() | series.keys()
    assert {tweet_id: tweet["totals"] for tweet_id, tweet in tweets.items()} == {
        tweet_id: totals.get(tweet_id, {}) for tweet_id in tweets
    }
    assert {
        tweet_id: {bucket["time"]: bucket["metrics"] for bucket in tweet["series"]}
        for tweet_id, tweet in tweets.items()
    } == {tweet_id: series.get(tweet_id, {}) for tweet_id in tweets}
    assert [(error["message"], error["tweet_ids"]) for error in insights.errors] == errors
    assert json.loads(json.dumps(insights.to_dict())) == insights.to_dict()


# One item of analytics: its ID, the counters next to it, and its buckets with a time, metrics, both or neither.
fields = [field.value for field in AnalyticsField if field not in ("id", "timestamp", "timestamped_metrics")]
counters = st.dictionaries(st.sampled_from(fields), st.integers(0, 10**9), max_size=3)
nullable_counters = st.lists(st.tuples(st.sampled_from(fields), st.none() | st.integers(0, 10**9)), max_size=3).map(
    dict
)
absent = st.just("absent")
analytics_buckets = st.lists(st.tuples(absent | st.none() | times, absent | st.none() | nullable_counters), max_size=3)
items = st.lists(st.tuples(tweet_ids, counters, st.none() | times, st.none() | analytics_buckets), max_size=3)


def build_item(tweet_id, counters, timestamp, buckets):
    parts = [
        {name: part for name, part in zip(("timestamp", "metrics"), bucket, strict=True) if part != "absent"}
        for bucket in buckets or ()
    ]
    return drop_absent(
        {"id": tweet_id, **counters, "timestamp": timestamp, "timestamped_metrics": None if buckets is None else parts}
    )


def read_counters(model):
    """Return the metrics of a generated model, in the public spelling."""
    own = {name: name.capitalize() for name in ("bookmarks", "shares", "unfollows", "unlikes")}
    spellings = {metric.name.lower(): metric.value for metric in ALL_METRICS} | own
    values = ((name, getattr(model, name)) for name in fields)
    return {spellings[name]: value for name, value in values if value is not UNSET}


def update(known, metrics):
    known.update({name: value for name, value in metrics.items() if value is not None or name not in known})


@given(st.none() | items, st.none() | problems, st.sampled_from(["Total", "Hourly"]))
def test_facade_and_generated_models_agree_on_analytics(items, problems, granularity):
    content = drop_absent(
        {
            "data": items and [build_item(*item) for item in items],
            "errors": problems and [build_problem(*problem) for problem in problems],
        }
    )
    generated = AnalyticsResponse.from_dict(json.loads(json.dumps(content)))
    query = TWEETS_ANALYTICS.adapt_query(validate_query(Metric, TWEET_IDS, "Likes", granularity, None))
    insights = Insights(TWEET_IDS, (TWEETS_ANALYTICS.parse_page(json.dumps(content).encode(), query),))

    totals, series = {}, {}
    for item in generated.data or ():
        known = totals.setdefault(item.id, {})
        buckets = [
            (bucket.timestamp or None, read_counters(bucket.metrics) if bucket.metrics else {})
            for bucket in item.timestamped_metrics or ()
        ]
        counters, is_only = read_counters(item), sum(each.id == item.id for each in generated.data) == 1
        timed = []
        if counters and item.timestamp and not (granularity == "Total" and is_only):
            timed = [(item.timestamp, counters)]
        else:
            update(known, counters)
        if granularity == "Total" and len(buckets) == 1:
            update(known, buckets.pop()[1])
        for time, metrics in [*timed, *buckets]:
            same = [bucket for bucket in series.setdefault(item.id, []) if time and bucket["time"] == time]
            if same:
                update(same[0]["metrics"], metrics)
            else:
                series[item.id].append({"time": time, "metrics": metrics})

    assert insights.to_dict()["tweets"] == {
        tweet_id: {"totals": totals[tweet_id], "series": series.get(tweet_id, [])} for tweet_id in totals
    }
    errors = [problem.detail or problem.title for problem in generated.errors or ()]
    assert [error["message"] for error in insights.errors] == errors
    assert json.loads(json.dumps(insights.to_dict())) == insights.to_dict()
