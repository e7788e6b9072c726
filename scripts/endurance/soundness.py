"""What holds for the outcome of every call, whatever was sent."""

from __future__ import annotations

import contextlib
import json
import pickle
from collections.abc import Sequence

from answers import Answer
from x_insights import Insights, ResponseError, XInsightsError


def check_outcome(outcome: Insights | Exception, tweet_ids: Sequence[str], token: str) -> None:
    """Raise AssertionError if a call for these IDs ended with a wrong value or with a wrong error."""
    if isinstance(outcome, Insights):
        _check_insights(outcome, tweet_ids)
    elif isinstance(outcome, XInsightsError):
        _check_error(outcome, tweet_ids, token)
    else:
        raise AssertionError(f"untyped: {type(outcome).__module__}.{type(outcome).__qualname__}") from outcome


def check_answer(outcome: Insights | Exception, answer: Answer) -> None:
    """Raise AssertionError if the body of an error, an object without `data` and `errors`, was read as a success."""
    if not isinstance(outcome, Insights) or "content-encoding" in answer.headers:
        return
    with contextlib.suppress(ValueError, RecursionError):
        content = json.loads(answer.body)
        if isinstance(content, dict) and content and not {"data", "errors"} & content.keys():
            raise AssertionError("lost: the body of an error was read as one that measures nothing")


def _check_insights(insights: Insights, tweet_ids: Sequence[str]) -> None:
    json.dumps(insights.to_dict(), allow_nan=False)
    with contextlib.suppress(ResponseError):  # a time that is not ISO 8601
        insights.to_rows()
    if insights and not insights.keys() & {*tweet_ids}:
        raise AssertionError("mixed up: Posts that were not asked for, and no others")
    if insights.tweet_ids != tuple(tweet_ids):
        raise AssertionError("lost: the IDs of a result are not those of the call")


def _check_error(error: XInsightsError, tweet_ids: Sequence[str], token: str) -> None:
    name = type(error).__name__
    if type(error) is XInsightsError:  # that of the caller's own code, of which there is none here
        raise AssertionError(f"untyped: XInsightsError of {type(error.__cause__).__name__}")
    if not isinstance(error.partial, Insights) or (*error.partial.tweet_ids, *error.pending) != tuple(tweet_ids):
        raise AssertionError(f"lost: `partial` and `pending` of {name} are not the IDs of the call")
    pickled = pickle.dumps(error)
    again = pickle.loads(pickled)  # noqa: S301 - our own
    if type(again) is not type(error) or again.args != error.args or vars(again) != vars(error):
        raise AssertionError(f"untyped: {name} is another error after pickle")
    if any(token in text for text in (str(error), repr(error), repr(vars(error)), repr(pickled))):
        raise AssertionError(f"mixed up: the token is in {name}")
