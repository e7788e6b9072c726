"""A short soak run of each client: nothing is lost, nothing arrives twice, nothing changes."""

from __future__ import annotations

import json

import pytest

import faulty_proxy
import soak as soak_module
from callers import KINDS
from faults import LEGACY_MESSAGE, WEIGHTS
from faulty_proxy import FaultyProxy
from raw_server import RawServer, serve
from soak import METRICS, Report, create_expected, fetch_all, main, soak
from x_insights import InsightsClient, ResponseError, XInsightsError

IDS = [str(10**18 + number) for number in range(50)]


@pytest.mark.parametrize(
    ("kind", "endpoint", "transport"),
    [
        ("sync", "28hr", "tls"),
        ("sync", "auto", "tcp"),
        ("asyncio", "auto", "tls"),
        ("asyncio", "analytics", "tcp"),
        ("trio", "analytics", "tls"),
        ("trio", "28hr", "tcp"),
    ],
)
def test_soak_run_loses_no_ids(kind, endpoint, transport):
    report = soak(96, 28, kind, endpoint, transport)
    assert not report.flaws
    assert report.requests >= (60 if endpoint == "auto" else 96)
    assert len(report.faults) >= len(WEIGHTS) / 2
    assert any(name.startswith("TLS: ") for name in report.faults) == (transport == "tls")
    assert report.errors["ResponseError"] > 0


@pytest.fixture
def find_flaws(sandbox, monkeypatch):
    """Fetch with a client of which every call goes through `change(get, tweet_ids)`. Return the flaws."""
    monkeypatch.setattr(soak_module, "MOST_IDLE_CALLS", 3)

    def find_flaws(change):
        report = Report()
        with InsightsClient("any", base_url=sandbox.url) as client:
            fetch_all(lambda ids, *rest: change(lambda ids: client.get_28hr(ids, *rest), ids), IDS, report)
        return dict(report.flaws)

    return find_flaws


def fail(partial, pending, error=ResponseError):
    failure = error("made up")
    failure.partial, failure.pending = partial, pending
    raise failure


def test_soak_run_counts_what_is_lost(find_flaws):
    assert find_flaws(lambda get, ids: get(ids)) == {}
    assert find_flaws(lambda get, ids: get(ids[1:])) == {
        "lost: `partial` and `pending` together are not the IDs of the call": 1,
        "lost: did not arrive in the end": 1,
    }
    assert find_flaws(lambda get, ids: fail(get(ids[:25]), ids[25:])) == {}
    assert find_flaws(lambda get, ids: fail(get(IDS[:1]), IDS)) == {
        "lost: `partial` and `pending` together are not the IDs of the call": 4,
        "doubled: arrived before, or is pending as well": 4,
        "lost: did not arrive in the end": 49,
    }


def test_soak_run_counts_what_is_missing_unless_x_said_why(find_flaws, sandbox):
    sandbox.fail_next(status=200, body=b"{}")
    assert find_flaws(lambda get, ids: get(ids)) == {"lost: missing from a result, without an error": 25}
    sandbox.hide(IDS[0])
    assert find_flaws(lambda get, ids: get(ids)) == {"lost: did not arrive in the end": 1}


def test_soak_run_requests_again_what_x_answered_with_an_error(find_flaws, sandbox):
    sandbox.fail_next(status=200, body=json.dumps({"errors": [{"message": LEGACY_MESSAGE}]}).encode())
    assert find_flaws(lambda get, ids: get(ids)) == {}
    assert len(sandbox.requests) == 3


def test_soak_run_counts_what_is_mixed_up_or_untyped(find_flaws, monkeypatch):
    assert find_flaws(lambda get, ids: fail(None, ids, KeyError)) == {
        "untyped: builtins.KeyError": 3,
        "lost: did not arrive in the end": 50,
    }
    assert find_flaws(
        lambda get, ids: fail(get(ids[:25]), ids[25:], XInsightsError) if len(ids) > 25 else get(ids)
    ) == {"untyped: XInsightsError of NoneType": 1}
    monkeypatch.setattr(soak_module, "create_expected", lambda tweet_id: {"totals": {}, "series": []})
    assert find_flaws(lambda get, ids: get(ids)) == {"mixed up: not the figures of the Post": 50}


def test_soak_run_counts_a_response_that_trickles_in_without_end(sandbox, monkeypatch):
    monkeypatch.setattr(faulty_proxy, "WEIGHTS", {"trickle": 1})
    monkeypatch.setattr(faulty_proxy, "LONGEST_TRICKLE", 0.1)
    proxy = FaultyProxy(sandbox, 28)
    server = RawServer(proxy.respond)
    with serve(server), InsightsClient("any", base_url=server.url, timeout=60) as client:
        assert client.get_28hr(IDS[:1], METRICS)[IDS[0]] == create_expected(IDS[0])
    assert proxy.unbounded == 1


def test_soak_run_exits_with_1_if_there_is_a_flaw(monkeypatch, capsys):
    reports = []

    def report_flaw(pages, *_):
        reports.append(Report(requests=pages))
        if len(reports) == 1:
            reports[0].add_flaw("lost: made up", 2)
        return reports[-1]

    monkeypatch.setattr(soak_module, "soak", report_flaw)
    assert main(["--pages", "6"]) == 1
    assert len(reports) == 6 * len(KINDS)
    assert capsys.readouterr().out.endswith("lost, doubled, mixed up or untyped: 2 x lost: made up\n")
    assert main(["--pages", "6"]) == 0
