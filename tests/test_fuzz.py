"""Whatever is sent, a call ends with `Insights` or an `XInsightsError`, in bounded time: `nox -s fuzz` tries more."""

from __future__ import annotations

import json

import helpers
import pytest
from endurance import fuzz
from endurance.__main__ import main
from endurance.calls import KINDS, TOKEN, find_flaws
from endurance.faults import Response

from x_insights import InsightsClient, ResponseError, XInsightsError


def test_call_ends_with_insights_or_an_error(monkeypatch):
    assert TOKEN == helpers.TOKEN  # the one that `assert_plain` looks for

    def find_flaws_closely(outcome, tweet_ids, sent):
        # With `auto`, the error of one endpoint may be the cause of the other's.
        if isinstance(outcome, XInsightsError) and sent:
            helpers.assert_plain(outcome)
        return find_flaws(outcome, tweet_ids, sent)

    monkeypatch.setattr(fuzz, "find_flaws", find_flaws_closely)
    tally = fuzz.run(0, 28)
    outcomes = {name: number for name, number in tally.items() if " ended with " in name}
    assert tally.keys() == {"examples", "rounds", *outcomes}
    assert sum(outcomes.values()) == len(KINDS) * tally["examples"] >= 800
    assert len(outcomes) > 5 * len(KINDS)


@pytest.fixture
def insights(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        return client.get_28hr([1, 2], "likes")


def test_wrong_outcomes_of_a_call_are_flaws(insights, monkeypatch):
    def find_one(*arguments):
        (flaw,) = find_flaws(*arguments)
        return flaw

    error = ResponseError(f"the token is {TOKEN}")
    error.partial, error.pending = insights, ()
    untyped = XInsightsError("generated")
    untyped.partial, untyped.pending = insights, ()
    assert [*find_flaws(insights, ("1", "2"))] == []
    assert find_one(KeyError("x"), ("1", "2")) == "untyped: builtins.KeyError"
    assert find_one(error, ("1", "2")) == f"mixed up: the token is in {type(error).__module__}.ResponseError"
    assert find_one(untyped, ("1", "2")).endswith("XInsightsError of NoneType")
    without_partial = find_one(ResponseError("generated"), ("1", "2"))
    assert without_partial.startswith("lost: `partial` and `pending` of ")
    assert [*find_flaws(insights, ("3", "4"))] == [
        "mixed up: Posts that were not requested, and no others",
        "lost: the IDs of a result are not those of the call",
    ]
    assert find_one(insights, ("2", "1")) == "lost: the IDs of a result are not those of the call"
    sent = Response(200, body=json.dumps({"code": 88}).encode())
    assert find_one(insights, ("1", "2"), sent) == "lost: the body of an error was read as one without Posts"


def test_fuzz_run_reports_the_smallest_example_and_exits_with_1(monkeypatch, capsys):
    monkeypatch.setattr(fuzz, "find_flaws", lambda outcome, *_: ["lost: generated"] if outcome else [])
    assert main(["fuzz", "--seconds", "0"]) == 1
    printed = capsys.readouterr().out
    assert "Response(status=" in printed
    assert "        1 lost: generated (sync)\n" in printed
    assert printed.endswith("Lost, doubled, mixed up, untyped or unbounded: 1\n")
