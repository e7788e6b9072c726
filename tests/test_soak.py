"""A short soak run of each client: nothing is lost, nothing arrives twice, nothing changes."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from bodies import IDS
from endurance import faults, soak
from endurance.__main__ import main
from endurance.calls import METRICS, open_get
from endurance.faults import LEGACY_MESSAGE, WEIGHTS
from endurance.server import serve

from x_insights import InsightsClient, ResponseError, XInsightsError

TWEET_IDS = IDS[:50]
UNTYPED = "untyped: builtins.KeyError"


@pytest.mark.parametrize(
    ("kind", "endpoint", "transport"),
    [
        ("sync", "28hr", "tls"),
        ("sync", "auto", "tcp"),
        ("asyncio", "auto", "tls"),
        ("asyncio", "analytics", "tcp"),
        ("trio", "analytics", "tls"),
        ("trio", "28hr", "tcp"),
        ("aiohttp", "28hr", "tls"),
        ("aiohttp", "auto", "tcp"),
    ],
)
def test_soak_run_loses_no_ids(monkeypatch, kind, endpoint, transport):
    monkeypatch.setitem(WEIGHTS, "length", 30)  # so that few pages meet all faults
    tally = +soak.soak(36, 28, kind, endpoint, transport)
    injected = [name for name in tally if name.startswith("fault: ")]
    assert all(name.startswith(("fault: ", "ended with ", "requests")) for name in tally)
    assert tally["requests"] >= 36
    assert len(injected) >= len(WEIGHTS) / 2
    assert any(name.startswith("fault: TLS: ") for name in injected) == (transport == "tls")
    assert tally["ended with ResponseError"] > 0


@pytest.fixture
def find_flaws(sandbox, monkeypatch):
    """Fetch with a client of which every call goes through `change(get, tweet_ids)`. Return the flaws."""
    monkeypatch.setattr(soak, "MAX_IDLE_CALLS", 3)

    def find_flaws(change):
        def get(ids):
            try:
                return change(lambda ids: client.get_28hr(ids, METRICS), ids)
            except Exception as error:
                return error

        tally = Counter()
        with InsightsClient("any-token", base_url=sandbox.url) as client:
            soak.fetch_all(get, TWEET_IDS, tally)
        return {name: number for name, number in tally.items() if number and not name.startswith("ended with ")}

    return find_flaws


def fail(partial, pending, error=ResponseError):
    failure = error("generated")
    failure.partial, failure.pending = partial, pending
    raise failure


def test_soak_run_counts_what_is_lost(find_flaws):
    split = f"lost: `partial` and `pending` of {ResponseError.__module__}.ResponseError are not the IDs of the call"
    assert find_flaws(lambda get, ids: get(ids)) == {}
    assert find_flaws(lambda get, ids: get(ids[1:])) == {
        "lost: the IDs of a result are not those of the call": 1,
        "lost: did not arrive in the end": 1,
    }
    assert find_flaws(lambda get, ids: fail(get(ids[:25]), ids[25:])) == {}
    assert find_flaws(lambda get, ids: fail(get(IDS[:1]), TWEET_IDS)) == {
        split: 4,
        "doubled: arrived before, or is pending as well": 4,
        "lost: did not arrive in the end": 49,
    }


def test_soak_run_counts_what_is_missing_unless_x_said_why(find_flaws, sandbox):
    sandbox.fail_next(status=200, body=b"{}")
    assert find_flaws(lambda get, ids: get(ids)) == {"lost: missing from a result, without an error": 25}
    sandbox.hide(IDS[0])
    assert find_flaws(lambda get, ids: get(ids)) == {"lost: did not arrive in the end": 1}


def test_soak_run_requests_failed_ids_again(find_flaws, sandbox):
    sandbox.fail_next(status=200, body=json.dumps({"errors": [{"message": LEGACY_MESSAGE}]}).encode())
    assert find_flaws(lambda get, ids: get(ids)) == {}
    assert len(sandbox.requests) == 3


def test_soak_run_counts_what_is_mixed_up_or_untyped(find_flaws, monkeypatch):
    assert find_flaws(lambda get, ids: fail(None, ids, KeyError)) == {UNTYPED: 3, "lost: did not arrive in the end": 50}
    assert find_flaws(
        lambda get, ids: fail(get(ids[:25]), ids[25:], XInsightsError) if len(ids) > 25 else get(ids)
    ) == {f"untyped: {XInsightsError.__module__}.XInsightsError of NoneType": 1}
    assert find_flaws(lambda get, ids: get([*ids, "1"]))["mixed up: not an ID of the call"] == 1
    monkeypatch.setattr(soak, "compute_figures", lambda *_: [{}])
    assert find_flaws(lambda get, ids: get(ids)) == {"mixed up: not the figures of the Post": 50}


def test_soak_run_counts_a_response_that_trickles_in_without_end(sandbox, monkeypatch):
    monkeypatch.setattr(faults, "WEIGHTS", {"trickle": 1})
    monkeypatch.setattr(faults, "MAX_TRICKLE", 2)
    tally = Counter()
    proxy = soak.FaultyProxy(sandbox.url, 28, tally)
    # Joined, so that it has been counted when the client receives it.
    with serve(lambda target: [b"".join(proxy.respond(target))]) as url, open_get("sync", base_url=url) as get:
        assert get(IDS[:1]).keys() == {IDS[0]}
    assert tally["unbounded: a response that trickled in was not given up"] == 1


def test_soak_run_exits_with_1_if_there_is_a_flaw(monkeypatch, capsys):
    flaws = [{"lost: generated": 2}]

    def report_flaw(pages, *_):
        return Counter(requests=pages, **(flaws.pop() if flaws else {}))

    monkeypatch.setattr(soak, "soak", report_flaw)
    assert main(["soak", "--pages", "6"]) == 1
    printed = capsys.readouterr().out
    assert len(soak.COURSES) == 24
    assert printed.count(": 1 pages, 1 requests\n") == 24
    assert "        2 lost: generated\n" in printed
    assert printed.endswith("Lost, doubled, mixed up, untyped or unbounded: 2\n")
    assert main(["soak", "--pages", "6"]) == 0
