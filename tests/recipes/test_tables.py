"""Tables: the recipes for pandas, polars and DuckDB."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import duckdb
import matplotlib
import pandas
import polars
import pyarrow
import pytest
from bodies import build_body
from documents import find_example, run
from helpers import get_sync

import chart

TWEET_ID = "1346889436626259968"
HOURS = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in range(3)]
LIKES = [0, None, 7]


@pytest.fixture
def insights(sandbox):
    """120 totals, of which only the last one has a value, and three hours of one Post, one of them without a value."""
    total = {**{f"Likes{number}": None for number in range(120)}, "Impressions": 1013}
    buckets = [
        (TWEET_ID, f"{hour:%Y-%m-%dT%H:%M:%SZ}", {"Likes": likes}) for hour, likes in zip(HOURS, LIKES, strict=True)
    ]
    sandbox.fail_next(status=200, body=json.dumps(build_body([(TWEET_ID, total)], buckets)).encode())
    return get_sync(sandbox.url, TWEET_ID, "likes", "Hourly")


@pytest.fixture
def empty(sandbox):
    """The insights of a Post that X did not measure."""
    sandbox.hide(TWEET_ID)
    return get_sync(sandbox.url, TWEET_ID, "likes", "Hourly")


@pytest.fixture
def recipe(sandbox, tmp_path, monkeypatch):
    """Run the recipe that contains a text, with some insights. Returns its names."""
    monkeypatch.chdir(tmp_path)

    def get_recipe(text, insights):
        return run(find_example(text), sandbox, insights=insights)

    return get_recipe


def test_pandas_reads_the_table(recipe, insights, empty):
    frame = recipe("to_pandas", insights)["frame"]
    assert set(frame["tweet_id"]) == {TWEET_ID}
    assert isinstance(frame["time"].dtype, pandas.DatetimeTZDtype)
    assert str(frame["time"].dtype.tz) == "UTC"
    assert frame["time"].isna().tolist() == [True] * 121 + [False] * 3
    assert frame["time"][121:].tolist() == HOURS
    assert frame["value"].dtype == "float64"
    assert frame["value"].isna().tolist() == [True] * 120 + [False, False, True, False]
    assert frame["value"].dropna().tolist() == [1013, 0, 7]

    nothing = recipe("to_pandas", empty)["frame"]
    assert len(nothing) == 0
    assert nothing.dtypes.equals(frame.dtypes)


def test_polars_reads_the_table(recipe, insights, empty):
    frame = recipe("import polars", insights)["frame"]
    assert frame.schema == {
        "tweet_id": polars.String(),
        "time": polars.Datetime("us", "UTC"),
        "metric": polars.String(),
        "value": polars.Float64(),
    }
    assert frame["tweet_id"].unique().to_list() == [TWEET_ID]
    assert frame["time"].to_list() == [None] * 121 + HOURS
    assert frame["value"].to_list() == [None] * 120 + [1013, *LIKES]

    nothing = recipe("import polars", empty)["frame"]
    assert len(nothing) == 0
    assert nothing.schema == frame.schema


def test_duckdb_stores_the_rows(recipe, insights, empty):
    for each in (empty, insights, empty, insights):  # the first run creates the table, and every run adds its rows
        recipe("import duckdb", each)["database"].close()
    with duckdb.connect("insights.duckdb") as database:
        database.execute("SET TimeZone = 'America/New_York'")  # the stored moments do not depend on the time zone
        stored = database.sql("FROM metrics")
        assert [str(each) for each in stored.types] == ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "VARCHAR", "DOUBLE"]
        assert pyarrow.table(stored).to_pylist() == insights.to_rows() * 2


@pytest.mark.parametrize("library", ["to_pandas", "import polars"])
def test_a_wide_table_has_a_column_for_each_metric(recipe, sandbox, library):
    insights = get_sync(sandbox.url, [TWEET_ID, "20"], ["likes", "impressions"], "Hourly")
    insights |= get_sync(sandbox.url, ["30"], ["likes", "impressions"])
    wide = recipe(library, insights)["wide"]
    rows = wide.to_dict("records") if library == "to_pandas" else wide.to_dicts()
    assert set(wide.columns) == {"tweet_id", "time", "Likes", "Impressions"}
    values = [(row["tweet_id"], metric, row[metric]) for row in rows for metric in ("Likes", "Impressions")]
    expected = [(row["tweet_id"], row["metric"], row["value"]) for row in insights.to_rows()]
    assert sorted(values) == sorted(expected)


def test_the_plot_has_a_line_for_each_post(recipe, sandbox, tmp_path):
    matplotlib.use("agg")
    insights = get_sync(sandbox.url, [TWEET_ID, "20"], "impressions", "Hourly")
    lines = recipe("matplotlib.pyplot", insights)["axes"].lines
    assert [line.get_label() for line in lines] == [TWEET_ID, "20"]
    for line, tweet in zip(lines, insights.values(), strict=True):
        assert line.get_ydata().tolist() == [bucket["metrics"]["Impressions"] for bucket in tweet["series"]]
    assert (tmp_path / "impressions.png").read_bytes().startswith(b"\x89PNG")


def test_the_chart_is_drawn_in_light_and_in_dark(tmp_path):
    chart.main(tmp_path)
    for theme in ("light", "dark"):
        assert (tmp_path / f"impressions-{theme}.png").read_bytes().startswith(b"\x89PNG")
