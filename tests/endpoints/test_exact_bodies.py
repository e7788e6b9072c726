"""Bodies of analytics with exactly the requested metrics: they are decoded faster, to the same results."""

from __future__ import annotations

import copy
import json
import keyword
import pickle
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from x_insights import Granularity, Insights, Metric
from x_insights._endpoints import ENDPOINT_CHOICES
from x_insights._endpoints.analytics_body import METRIC_FIELDS, _create_decoders, _spell
from x_insights._query import Query
from x_insights._validation import normalize_name
from x_insights_api.models import EngagementField

(ANALYTICS,) = ENDPOINT_CHOICES["analytics"]
TWEET_IDS = ("1", "2", "3")

times = st.none() | st.sampled_from([f"2026-11-22T{hour:02}:00:00Z" for hour in range(3)])
numbers = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = numbers | st.integers().filter(lambda number: abs(number) < 2**63).map(str)
metric_sets = st.lists(st.sampled_from(ANALYTICS.metrics), min_size=1, max_size=3, unique=True)


def parse(content, metrics, granularity):
    """Parse a body for a query of these metrics. Return the insights, and whether the body was decoded generally."""
    query = Query(TWEET_IDS, tuple(metrics), Granularity(granularity), tuple(EngagementField))
    page = ANALYTICS.parse_page(json.dumps(content).encode(), query)
    return Insights(TWEET_IDS, (page,)), page.read_metrics is _spell


@st.composite
def bodies(draw):
    """Draw a body with exactly some metrics, in buckets or next to `id`, and these metrics."""
    metrics = draw(metric_sets)
    names = [METRIC_FIELDS[normalize_name(metric)].value for metric in metrics]
    counts = st.tuples(*(values for _ in names)).map(lambda drawn: dict(zip(names, drawn, strict=True)))
    buckets = st.builds(lambda time, metrics: {"timestamp": time, "metrics": metrics}, times, counts)
    series = st.lists(buckets, max_size=3).map(lambda drawn: {"timestamped_metrics": drawn})
    granularity = draw(st.sampled_from(["Total", "Hourly"]))
    members = draw(st.sampled_from([series, counts] if granularity == "Total" else [series]))
    data = draw(
        st.lists(st.builds(lambda tweet_id, drawn: {"id": tweet_id, **drawn}, st.sampled_from(TWEET_IDS), members))
    )
    errors = draw(st.lists(st.just({"title": "Gone", "type": "about:blank", "value": "3"}), max_size=1))
    return {"data": data, "errors": errors}, metrics, granularity


@given(bodies())
def test_both_decoders_have_the_same_results(body):
    content, metrics, granularity = body
    exact, is_general = parse(content, metrics, granularity)
    assert not is_general
    another = next(metric for metric in ANALYTICS.metrics if metric not in metrics)
    general, is_general = parse(content, [*metrics, another], granularity)
    assert is_general or not any(item.get("timestamped_metrics", True) for item in content["data"])
    assert exact.to_dict() == general.to_dict()
    assert pickle.loads(pickle.dumps(exact)) == copy.deepcopy(exact) == exact
    assert json.dumps(exact.to_dict(), sort_keys=True) == json.dumps(general.to_dict(), sort_keys=True)  # 1 and 1.0


@pytest.mark.parametrize(
    "item",
    [
        {"timestamped_metrics": [{"metrics": {"likes": 1, "replies": 2, "new": 3}}]},
        {"timestamped_metrics": [{"metrics": {"likes": 1}}]},
        {"timestamped_metrics": [{"metrics": {"Likes": 1, "replies": 2}}]},
        {"timestamped_metrics": [{"metrics": None}]},
        {"timestamped_metrics": [{"metrics": {"likes": 1, "replies": 2}, "new": 3}]},
        {"timestamped_metrics": [{"metrics": {"likes": 1, "replies": 2}}], "likes": 1},
        {"likes": 1, "replies": 2, "new": 3},
        {"likes": 1},
        {},
    ],
)
def test_any_other_body_is_decoded_generally(item):
    insights, is_general = parse({"data": [{"id": "1", **item}]}, [Metric.LIKES, Metric.REPLIES], "Total")
    assert is_general
    assert list(insights) == ["1"]


@pytest.mark.parametrize("name", ["2xClicks", "class"])
def test_metric_that_is_not_an_identifier_is_decoded_generally(monkeypatch, name):
    assert not name.isidentifier() or keyword.iskeyword(name)
    metric = StrEnum("Field", {"FIELD": name}).FIELD
    monkeypatch.setitem(METRIC_FIELDS, normalize_name(name), metric)
    assert _create_decoders((metric,)) == ()
    insights, is_general = parse({"data": [{"id": "1", name: 5}]}, [metric], "Total")
    assert is_general
    assert insights["1"]["totals"] == {name: 5}


def test_the_cache_of_decoders_is_bounded():
    assert _create_decoders.cache_info().maxsize == 64
