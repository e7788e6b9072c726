"""Ids of Posts, in the one form in which X takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ._arguments import UnfitError, unique

TweetIds = str | int | Iterable[str | int]
"""What callers may pass: one id, or several."""

PAGE_SIZE = 25
"""X takes as many ids in one request: `maxItems` of the parameter `tweet_ids`."""
PATTERN = re.compile("^[0-9]{1,19}$")
"""`pattern` of the schema `TweetId`."""


def checked_ids(given: TweetIds) -> tuple[str, ...]:
    """The ids as text, each once, in the order given; InvalidRequestError names the first that is none."""
    return unique("tweet_ids", given, _id)


def pages(tweet_ids: Sequence[str]) -> list[Sequence[str]]:
    """The ids in runs of at most `PAGE_SIZE`, one for each request."""
    return [tweet_ids[start : start + PAGE_SIZE] for start in range(0, len(tweet_ids), PAGE_SIZE)]


def _id(value: object) -> str:
    # fullmatch, because `$` alone lets a trailing newline pass.
    if isinstance(value, str) and PATTERN.fullmatch(value):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**19:
        return str(int(value))  # an enum of ints prints as its name
    reason = "a float loses digits" if isinstance(value, float) else "ids are 1 to 19 digits"
    raise UnfitError(f"no id of a Post: {reason}; pass a str or a positive int")
