"""The arguments of the command, and what it says if they are invalid."""

from __future__ import annotations

import json
import time
from datetime import datetime
from importlib.metadata import version

import pytest
from helpers import TOKEN

from x_insights import ALL_METRICS, VIDEO_METRICS

DAY = 86_400
INVALID = [
    ([], "pass one or more IDs, or - for standard input, or --check"),
    (["20", "--check"], "pass one or more IDs"),
    (["20", "--sandbox"], "argument --sandbox: not allowed with argument --base-url"),
    (["20", "--format=xml"], "argument --format: invalid choice: 'xml'"),
    (["20", "--met=likes"], "unrecognized arguments: --met=likes"),
    (["20", "-5"], "-5: not an ID (use 1 to 19 digits, or the URL of a Post)"),
    (["20,21"], "20,21: not an ID (separate IDs by spaces)"),
    (["x.com/a/status/20,x.com/a/status/21"], "21: not an ID (separate IDs by spaces)"),
    (["https://example.com/a/status/20"], "https://example.com/a/status/20: not an ID"),
    (["--check", "twenty"], "argument --check: twenty: not an ID"),
    (["20", "--metrics=likes,impresions"], "--metrics has 'impresions', which is not a metric: did you mean "),
    (["20", "--metrics="], "--metrics has '', which is not a metric: use one of AppInstallAttempts, "),
    (["20", "--metrics=video", "--start=7d"], "which is not a metric of this endpoint: use one of "),
    (["20", "--granularity=hours"], "argument --granularity: invalid choice: 'Hours' (choose from "),
    (["20", "--endpoint=both"], "argument --endpoint: invalid choice: 'both' (choose from "),
    (
        ["20", "--start=2026-11-01T12:00"],
        "argument --start: 2026-11-01T12:00: not a time (use 2026-11-01T12:00:00Z",
    ),
    (["20", "--start=99999999999d"], "argument --start: 99999999999d: not a time"),
    (["20", "--start=2d", "--end=2026-02-30"], "argument --end: 2026-02-30: not a time"),
    (
        ["20", "--start=2026-11-02T00:00:00Z", "--end=2026-11-01T00:00:00Z"],
        "00:00Z: pass one before --end, 2026-11",
    ),
    (["20", "--start=0h"], "pass one before the latest --end that X accepts"),
    (["20", "--start=2d", "--endpoint=28hr"], "--start requires the endpoint analytics, not 28hr"),
    (["20", "--end=2d"], "--end requires --start"),
    (["--check", "--start=2d"], "--start cannot be combined with --check"),
    (["--check", "--output=file"], "--check writes no file"),
    (["20", "--rate-limit=5"], "--rate-limit requires --sandbox"),
]


def test_an_invalid_argument_ends_with_2_and_sends_nothing(ask, sandbox):
    for arguments, message in INVALID:
        code, output, errors = ask(*arguments)
        assert (code, output) == (2, ""), arguments
        assert message in errors
    assert sandbox.requests == []


def test_a_negative_rate_limit_is_rejected(call):
    assert call("20", "--sandbox", "--rate-limit=-1")[0] == 2


def test_an_address_in_the_clear_is_rejected(call):
    code, _, errors = call("20", "--base-url", "http://api.x.com")
    assert code == 2
    assert errors.startswith(
        "x-insights: --base-url is 'http://api.x.com': use https; http is accepted on loopback only"
    )


def test_requests_go_to_x_unless_another_address_is_given(call, serve_connections, monkeypatch):
    received = []
    proxy = serve_connections(lambda connection: received.append(connection.recv(65536).splitlines(keepends=True)[0]))
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://{proxy}")
    code, output, errors = call("20")
    assert (code, output) == (1, "")
    assert errors.endswith("\nx-insights: try again later\n")
    assert set(received) == {b"CONNECT api.x.com:443 HTTP/1.1\r\n"}


def test_a_token_is_required(ask, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN")
    message = "x-insights: no access token: set the environment variable X_ACCESS_TOKEN, or try --sandbox\n"
    assert ask("20") == ask("--check") == (2, "", message)


def test_an_invalid_token_is_not_shown(ask, monkeypatch):
    monkeypatch.setenv("X_ACCESS_TOKEN", f"Bearer {TOKEN}")
    code, _, errors = ask("20")
    assert code == 2
    assert "use the token alone, without `Bearer`" in errors


def test_the_help_lists_the_metrics_in_80_columns(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, output, _ = call("--help")
    assert code == 0
    assert max(map(len, output.splitlines())) <= 80
    assert set(ALL_METRICS) | {"Bookmarks", "Shares", "Unfollows", "Unlikes"} <= {
        each.strip(".,") for each in output.split()
    }


def test_the_url_of_a_post_is_an_id(ask, sandbox):
    urls = (
        "https://x.com/jack/status/20",
        "https://x.com/jack/status/21?s=20&t=a",
        "http://www.twitter.com/jack/status/22/photo/1",
        "mobile.twitter.com/i/web/status/023#a",
    )
    assert ask(*urls, "--metrics=likes")[0] == ask("--check", urls[1])[0] == 0
    assert [request.tweet_ids for request in sandbox.requests] == [("20", "21", "22", "23"), ("21",), ("21",)]


def test_groups_of_metrics_are_joined_with_names(ask, sandbox):
    for metrics in ("all", "video, likes", "url_clicks,Video"):
        assert ask("20", "--metrics", metrics)[0] == 0
    assert ask("20", "--metrics=all", "--start=2d")[0] == 0
    requested = [request.metrics for request in sandbox.requests]
    assert requested[:3] == [ALL_METRICS, (*VIDEO_METRICS, "Likes"), ("UrlClicks", *VIDEO_METRICS)]
    assert len(requested[3]) == 20


@pytest.mark.parametrize(
    ("arguments", "period"),
    [
        (
            ["--start=2026-10-30T12:00:00+02:00", "--end=2026-11-01T00:00:00Z"],
            ["2026-10-30T10:00:00Z", "2026-11-01T00:00:00Z"],
        ),
        # The day on which summer time ends has 25 hours.
        (["--start=2026-11-01", "--end=2026-11-02"], ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]),
    ],
)
def test_a_time_has_an_offset_or_is_a_local_date(ask, sandbox, monkeypatch, arguments, period):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    code, output, _ = ask("20", "--format=json", *arguments)
    monkeypatch.undo()
    time.tzset()
    assert code == 0
    assert json.loads(output)["period"] == period
    assert [request.endpoint for request in sandbox.requests] == ["analytics"]


def test_a_time_may_be_an_age(ask):
    seconds = []
    for arguments in (["--start=7d", "--end=36h"], ["--start=36h"]):
        _, output, _ = ask("20", "--format=json", *arguments)
        start, end = map(datetime.fromisoformat, json.loads(output)["period"])
        seconds.append((end - start).total_seconds())
    assert seconds == pytest.approx([5.5 * DAY, 1.5 * DAY], abs=60)


def test_the_last_line_of_a_table_is_the_period(ask):
    period = ("--start=2026-11-01T00:00:00Z", "--end=2026-11-03T00:00:00Z")
    line = "Period: 2026-11-01T00:00:00Z to 2026-11-03T00:00:00Z"
    totals, trends = (
        ask("20", "--metrics=likes", *period, f"--granularity={name}")[1].splitlines() for name in ("total", "daily")
    )
    assert totals[-2:] == ["", line]
    assert trends[-3:] == ["", "Trend: 2 values, 2026-11-01T00:00:00Z to 2026-11-02T00:00:00Z", line]


def test_the_version_is_printed(call):
    assert call("--version") == (0, f"x-insights-28hr {version('x-insights-28hr')}\n", "")
