"""Whatever X answers, a call ends in bounded time with `Insights` or an `XInsightsError`: `nox -s fuzz` tries more."""

from __future__ import annotations

import json
from collections import Counter

import helpers
import pytest

import fuzz as fuzz_module
from answers import Answer
from fuzz import check, fuzz, main
from soundness import check_answer, check_outcome
from strategies import TOKEN
from x_insights import InsightsClient, ResponseError, XInsightsError

EXAMPLES = 300


def test_call_ends_with_insights_or_an_error():
    assert TOKEN == helpers.TOKEN  # the one that `assert_plain` looks for

    def check_closely(example, outcome):
        check(example, outcome)
        # With `auto`, the error of one endpoint may be the cause of the other's.
        if isinstance(outcome, XInsightsError) and example.endpoint != "auto":
            helpers.assert_plain(outcome)

    outcomes = fuzz(EXAMPLES, ["sync", "asyncio"], check_closely)
    assert sum(outcomes.values()) >= 2 * EXAMPLES
    assert len(outcomes) > 5


@pytest.fixture
def insights(sandbox):
    with InsightsClient(TOKEN, base_url=sandbox.url) as client:
        return client.get_28hr([1, 2], "likes")


def test_wrong_outcomes_of_a_call_are_flaws(insights):
    error = ResponseError(f"the token is {TOKEN}")
    error.partial, error.pending = insights, ()
    for outcome, flaw in [
        (KeyError("x"), "untyped: builtins.KeyError"),
        (ResponseError("no `partial`"), "lost: `partial` and `pending` of ResponseError"),
        (XInsightsError("made up"), "untyped: XInsightsError of NoneType"),
        (error, "mixed up: the token is in ResponseError"),
    ]:
        with pytest.raises(AssertionError, match=flaw):
            check_outcome(outcome, ("1", "2"), TOKEN)
    with pytest.raises(AssertionError, match="mixed up: Posts that were not asked for"):
        check_outcome(insights, ("3", "4"), TOKEN)
    with pytest.raises(AssertionError, match="lost: the IDs of a result"):
        check_outcome(insights, ("2", "1"), TOKEN)
    with pytest.raises(AssertionError, match="lost: the body of an error"):
        check_answer(insights, Answer(200, body=json.dumps({"code": 88}).encode()))


def test_fuzz_run_reports_flaws_and_exits_with_1(monkeypatch, capsys):
    def count(count, kinds, count_flaw, seed):
        count_flaw(fuzz_module.Example("28hr", Answer(302), Answer(404)), KeyError("x"))
        return Counter(KeyError=3)

    monkeypatch.setattr(fuzz_module, "fuzz", count)
    assert main(["--seconds", "0"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("1 examples, each with the clients sync, asyncio, trio: 3 x KeyError\n")
    assert "1 x untyped: builtins.KeyError" in printed
    assert "Answer(status=302" in printed
