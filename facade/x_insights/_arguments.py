"""Arguments: one value or several, checked one by one before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import TypeVar

from ._errors import InvalidRequestError, shown

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class UnfitError(Exception):
    """A value that cannot be; the message says why, and what can."""


def one(place: str, value: object, check: Callable[[object], T]) -> T:
    """Check one value."""
    try:
        return check(value)
    except UnfitError as reason:
        refusal = InvalidRequestError(f"{place} is {shown(value)}, which is {reason}")
    raise refusal


def unique(place: str, given: object, check: Callable[[object], T]) -> tuple[T, ...]:
    """Check one value, or each of an iterable; repeats are dropped, the first one is kept."""
    # Iterating over bytes gives small integers, which would pass as ids.
    if isinstance(given, str | bytes | bytearray) or not isinstance(given, Iterable):
        return (one(place, given, check),)
    checked: dict[T, None] = {}
    for position, value in enumerate(given):
        try:
            checked[check(value)] = None
        except UnfitError:
            one(f"{place}[{position}]", value, check)
    if not checked:
        raise InvalidRequestError(f"{place} is empty: name at least one")
    return tuple(checked)


def fold(name: str) -> str:
    """What `UrlClicks`, `urlclicks`, `url_clicks` and `URL_CLICKS` have in common."""
    return name.replace("_", "").lower()


def member(kind: type[E], value: object) -> E:
    """The member of an enum whose name `value` spells, in any of the spellings that `fold` makes one."""
    members: dict[str, E] = _members(kind)
    if isinstance(value, str):
        if known := members.get(value) or members.get(fold(value)):
            return known
        import difflib  # not needed until something is refused

        if near := difflib.get_close_matches(fold(value), members, n=1):
            raise UnfitError(f"no {kind.__name__}: did you mean {members[near[0]].value!r}?")
    raise UnfitError(f"no {kind.__name__}: use one of {', '.join(known.value for known in kind)}")


@cache
def _members(kind: type[E]) -> dict[str, E]:
    return {spelling: member for member in kind for spelling in (member.value, fold(member.value))}
