"""Arrow: the table of all rows, its types, and its export as a stream."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from bodies import build_body
from helpers import TOKEN, get_sync
from hypothesis import given
from hypothesis import strategies as st

from x_insights import ALL_METRICS, InsightsClient, ResponseError

TWEET_IDS = ("20", "1346889436626259968", "7")
NOON, ONE = "2026-11-22T12:00:00.000Z", "2026-11-22T13:00:00.000Z"
SCHEMA = pa.schema(
    {
        "tweet_id": pa.string(),
        "time": pa.timestamp("us", "UTC"),
        "metric": pa.string(),
        "value": pa.float64(),
    }
)


@pytest.fixture
def fetch(answer):
    """A function that calls a client against a server that sends totals and buckets, and returns the insights."""

    def get_insights(totals=(), series=()):
        return get_sync(answer(json.dumps(build_body(totals, series))), TWEET_IDS, ALL_METRICS)

    return get_insights


def test_a_table_has_the_rows_of_totals_and_series_in_order(fetch):
    insights = fetch(
        [("7", {"Likes": 3, "Replies": None}), ("20", {})],
        [("20", NOON, {"Likes": 1.5}), ("7", NOON, {}), ("7", ONE, {"Impressions": 0, "of_tomorrow": None})],
    )
    table = insights.to_arrow()
    assert table.schema == SCHEMA
    noon, one = (datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (12, 13))
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("20", noon, "Likes", 1.5),
        ("7", None, "Likes", 3.0),
        ("7", None, "Replies", None),
        ("7", one, "Impressions", 0.0),
        ("7", one, "of_tomorrow", None),
    ]
    table.validate(full=True)


@pytest.mark.parametrize(
    ("totals", "series"), [((), ()), ([("20", {})], ()), ((), [("20", NOON, {}), ("20", ONE, {})])]
)
def test_an_empty_table_has_all_columns_and_types(fetch, totals, series):
    table = fetch(totals, series).to_arrow()
    assert table.num_rows == 0
    assert table.schema == SCHEMA


def test_a_table_without_any_time_or_value_has_the_same_types(fetch):
    table = fetch([("20", {"Likes": None})]).to_arrow()
    assert table.schema == SCHEMA
    assert table.to_pylist() == [{"tweet_id": "20", "time": None, "metric": "Likes", "value": None}]


def test_a_bucket_without_a_time_has_null_as_its_time(httpserver):
    content = {"data": [{"id": "20", "timestamped_metrics": [{"metrics": {"likes": 1}}, {"metrics": {"likes": 2}}]}]}
    httpserver.expect_request("/2/tweets/analytics").respond_with_json(content)
    insights = get_sync(httpserver.url_for(""), "20", "likes", "Hourly", endpoint="analytics")
    assert insights.to_arrow().to_pylist() == [
        {"tweet_id": "20", "time": None, "metric": "Likes", "value": value} for value in (1.0, 2.0)
    ]


def test_an_integer_beyond_2_to_the_53_becomes_the_nearest_double(fetch):
    values = {"a": 2**53 + 1, "b": 2**53 + 3, "c": 2**63 - 1, "d": None, "e": -(2**63), "f": 1.5}
    table = fetch([("20", values)]).to_arrow()
    assert table.schema == SCHEMA
    assert table["value"].to_pylist() == [2.0**53, 2.0**53 + 4, 2.0**63, None, -(2.0**63), 1.5]


@pytest.mark.parametrize("value", [2**63, 10**400, str(10**400)])
def test_an_integer_of_more_than_64_bits_is_rejected(fetch, value):
    with pytest.raises(ResponseError, match=re.escape("metrics_total[0].value[0].metric_value")):
        fetch([("20", {"Likes": value})])


@pytest.mark.parametrize("endpoint", ["28hr", "analytics"])
@pytest.mark.parametrize("granularity", ["Total", "Hourly"])
def test_a_table_of_many_pages_has_the_values_of_its_rows(sandbox, endpoint, granularity):
    insights = get_sync(sandbox.url, range(1000, 1060), ["impressions", "likes"], granularity, endpoint=endpoint)
    rows = insights.to_rows()
    assert len(rows) >= 120
    assert insights.to_arrow().to_pylist() == rows


times = st.sampled_from(
    [NOON, ONE, "2026-11-22T14:00:00+02:00", "2026-11-22T12:00:00", "0001-01-01", "9999-12-31T23:59:59.999999Z"]
)
tweet_ids = st.sampled_from(TWEET_IDS)
names = st.sampled_from(ALL_METRICS) | st.text("ab é\0", max_size=3)
numbers = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9).map(str) | st.floats(allow_nan=False)
metrics = st.dictionaries(names, numbers.filter(lambda number: number not in (float("inf"), -float("inf"))), max_size=3)


def test_a_table_has_the_rows_of_to_rows(answer):
    with InsightsClient(TOKEN, base_url=answer()) as client:

        @given(
            st.lists(st.tuples(tweet_ids, metrics), max_size=4),
            st.lists(st.tuples(tweet_ids, times, metrics), max_size=6),
        )
        def compare(totals, series):
            answer(json.dumps(build_body(totals, series)))
            insights = client.get_28hr(TWEET_IDS, ALL_METRICS)
            table = insights.to_arrow()
            assert table.schema == SCHEMA
            assert table.to_pylist() == [
                {**row, "value": None if row["value"] is None else float(row["value"])} for row in insights.to_rows()
            ]
            table.validate(full=True)
            assert pa.table(insights).equals(table)

        compare()


@pytest.mark.parametrize("sent", ["soon", "", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_not_iso_8601_fails_as_it_does_in_rows(fetch, sent):
    insights = fetch(series=[("20", NOON, {"Likes": 1}), ("20", sent, {})])
    errors = []
    for convert in (insights.to_rows, insights.to_arrow, insights.__arrow_c_stream__):
        with pytest.raises(ResponseError, match="to_dict") as caught:
            convert()
        errors.append((str(caught.value), caught.value.body))
    assert errors == [errors[0]] * 3


def test_pyarrow_reads_insights_as_a_stream(fetch):
    insights = fetch([("20", {"Likes": 2**53 + 1})], [("7", NOON, {"Replies": None})])
    table = insights.to_arrow()
    assert table.num_rows == 2
    for _ in range(2):  # the stream can be read again
        assert pa.table(insights).equals(table)
        assert pa.RecordBatchReader.from_stream(insights).read_all().equals(table)


def test_a_stream_has_the_requested_schema(fetch):
    schema = pa.schema(
        {
            "tweet_id": pa.large_string(),
            "time": pa.timestamp("ms", "UTC"),
            "metric": pa.large_string(),
            "value": pa.float32(),
        }
    )
    insights = fetch([("20", {"Likes": 1})], [("7", NOON, {"Replies": None})])

    class Request:
        """Requests the schema. If pyarrow requested it, it would also cast a stream with another schema."""

        def __arrow_c_stream__(self, requested_schema=None):
            return insights.__arrow_c_stream__(schema.__arrow_c_schema__())

    table = pa.table(Request())
    assert table.schema == schema
    assert table.equals(insights.to_arrow().cast(schema))


def test_a_table_leaves_insights_unchanged(fetch):
    insights = fetch([("20", {"Likes": 1})], [("7", NOON, {"Replies": None})])
    before, state = insights.to_dict(), pickle.dumps(insights)
    insights.to_arrow()
    assert insights.to_dict() == before
    assert pickle.loads(state) == pickle.loads(pickle.dumps(insights)) == insights


def test_without_pyarrow_the_error_names_the_extra(fetch, monkeypatch):
    insights = fetch([("20", {"Likes": 1})])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for convert in (insights.to_arrow, insights.__arrow_c_stream__):
        with pytest.raises(ImportError, match=re.escape('pip install "x-insights-28hr[arrow]"')):
            convert()
    assert len(insights.to_rows()) == 1


def test_the_import_does_not_load_pyarrow():
    code = "import x_insights, sys; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "x_insights._results" in loaded
    assert "pyarrow" not in loaded
