"""Arguments: one value or several, checked one by one before anything is sent."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from ._errors import InvalidRequestError, shown

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def unique(place: str, given: object, check: Callable[[str, object], T]) -> tuple[T, ...]:
    """Check one value, or each of an iterable; repeats are dropped, the first one is kept.

    `check` takes a place, for its message, and a value.
    """
    # Iterating over bytes gives small integers, which would pass as ids.
    if isinstance(given, str | bytes | bytearray) or not isinstance(given, Iterable):
        return (check(place, given),)
    checked = dict.fromkeys(check(f"{place}[{position}]", value) for position, value in enumerate(given))
    if not checked:
        raise InvalidRequestError(f"{place} is empty: name at least one")
    return tuple(checked)


def fold(name: str) -> str:
    """What `UrlClicks`, `urlclicks`, `url_clicks` and `URL_CLICKS` have in common."""
    return name.replace("_", "").lower()


def member(kind: type[E], place: str, value: object) -> E:
    """The member of an enum whose name `value` spells, in any of the spellings that `fold` makes one."""
    members = {fold(known): known for known in kind}
    if isinstance(value, str):
        if known := members.get(fold(value)):
            return known
        if near := difflib.get_close_matches(fold(value), members, n=1):
            raise InvalidRequestError(
                f"{place} is {shown(value)}, which is no {kind.__name__}: did you mean {members[near[0]].value!r}?"
            )
    names = ", ".join(known.value for known in kind)
    raise InvalidRequestError(f"{place} is {shown(value)}, which is no {kind.__name__}: use one of {names}")
