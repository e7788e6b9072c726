"""Validation of call arguments: one value, several values, IDs, times, and names in any spelling."""

import contextlib
import operator
import re
import reprlib
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import SupportsIndex, TypeVar

from ._errors import InvalidRequestError

T = TypeVar("T")
N = TypeVar("N", bound=str)

PostIds = str | SupportsIndex | Iterable[str | SupportsIndex]
"""What a caller may pass as `tweet_ids`: one ID or several. An int and an integer of numpy have `__index__`."""

ID_PATTERN = re.compile("^[0-9]{1,19}$")
"""`pattern` of the schema `TweetId` in X's document."""
_PLAIN_ID = re.compile("[1-9][0-9]{0,18}")  # most IDs, which need no conversion
_POST_URL = re.compile(
    r"(?i)(?:https?://)?(?:\w+\.)?(?:x|twitter)\.com/\w+/(?:web/)?status/([0-9]{1,19})(?:[/?#][^,\s]*)?"
)
_SEPARATORS = re.compile(r"[,;\s]+")
# What X's app calls a metric.
_SYNONYMS = {"views": "Impressions", "reposts": "Retweets"}


class InvalidValueError(Exception):
    """Raised for an invalid value. The message says why it is invalid and what is accepted."""


def validate_value(name: str, value: object, validate: Callable[[object], T]) -> T:
    """Validate one value. Raises InvalidRequestError if `validate` raises InvalidValueError."""
    try:
        return validate(value)
    except InvalidValueError as error:
        message = f"{name} is {format_value(value)}, which is {error}"
    raise InvalidRequestError(message)


def validate_values(name: str, values: object, validate: Callable[[object], T]) -> tuple[T, ...]:
    """Validate one value or each item of an iterable. Duplicates are dropped; the first one is kept."""
    # Iterating over bytes yields small integers, which would pass as IDs.
    if isinstance(values, str | bytes | bytearray) or not isinstance(values, Iterable):
        return (validate_value(name, values, validate),)
    validated: dict[T, None] = {}
    for position, value in enumerate(values):
        try:
            validated[validate(value)] = None
        except InvalidValueError:
            validate_value(f"{name}[{position}]", value, validate)
    if not validated:
        raise InvalidRequestError(f"{name} is empty: pass at least one")
    return tuple(validated)


def validate_count(name: str, value: int) -> int:
    """Return an option that is a number of things."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidRequestError(f"{name} is {format_value(value)}: pass an int of at least 1")
    return value


def validate_ids(tweet_ids: PostIds) -> tuple[str, ...]:
    """Return the IDs as text, without duplicates, in the given order."""
    return validate_values("tweet_ids", tweet_ids, parse_id)


def parse_id(value: object) -> str:
    """Return one ID as text. Raises InvalidValueError if it is not an ID."""
    if type(value) is str and _PLAIN_ID.fullmatch(value):
        return value
    if isinstance(value, str):
        # fullmatch, because `$` alone matches before a trailing newline.
        # The method of `str` itself returns a plain str for an instance of a subclass.
        if ID_PATTERN.fullmatch(value) and (digits := str.lstrip(value, "0")):
            return digits
    elif isinstance(value, int | SupportsIndex) and not isinstance(value, bool):
        number = 0
        with contextlib.suppress(TypeError):  # an array of numpy has the method too
            number = int(operator.index(value))  # a member of an enum of ints would be printed as its name
        if 0 < number < 10**19:
            return str(number)
    if isinstance(value, str) and (tweet_id := find_id_in_url(value)):
        raise InvalidValueError(f"the URL of a Post: pass its ID, {tweet_id!r}")
    if isinstance(value, str) and len(_SEPARATORS.split(value.strip())) > 1:
        raise InvalidValueError("not the ID of a Post: pass several IDs as a list")
    reason = "a float loses digits" if isinstance(value, float) else "an ID has 1 to 19 digits"
    raise InvalidValueError(f"not the ID of a Post: {reason}; pass a str or a positive int")


def find_id_in_url(text: str) -> str | None:
    """Return the ID in the URL of a Post, None if the text is not one."""
    match = _POST_URL.fullmatch(text)
    return match and match[1]


def parse_time(value: object) -> datetime:
    """Return a time in UTC and in whole seconds. Raises InvalidValueError if it is not an aware time."""
    moment = value
    if isinstance(value, str):
        from dateutil.parser import isoparse  # slow to import, and needed for few calls

        with contextlib.suppress(ValueError, OverflowError):
            moment = isoparse(value)
    if not isinstance(moment, datetime):
        raise InvalidValueError("not a time: pass a datetime with a time zone, or ISO 8601 text with an offset or `Z`")
    if moment.utcoffset() is None:
        raise InvalidValueError("a time without a time zone: add one, such as `tzinfo=UTC`, or `Z` to a text")
    try:
        return datetime(*moment.utctimetuple()[:6], tzinfo=UTC)
    except OverflowError:
        raise InvalidValueError("outside the range of a datetime in UTC") from None


def create_name_parser(noun: str, names: Sequence[N], other_names: Container[str] = ()) -> Callable[[object], N]:
    """Return a function that parses one of some names, in any spelling that `normalize_name` makes equal.

    `other_names` are the normalized names that another endpoint has.
    """
    spellings: dict[str, N] = _index_spellings(tuple(names))

    def parse_name(value: object) -> N:
        name = value if isinstance(value, str) else ""
        if known := spellings.get(name) or spellings.get(name := normalize_name(name)):
            return known
        if name in other_names:
            raise InvalidValueError(f"not a {noun} of this endpoint: use one of {', '.join(names)}")
        if _SEPARATORS.search(name.strip()):
            raise InvalidValueError(f"not a {noun}: pass several as a list")
        if similar := _find_similar(value if isinstance(value, str) else "", names):
            raise InvalidValueError(f"not a {noun}: did you mean {' or '.join(map(repr, similar))}?")
        raise InvalidValueError(f"not a {noun}: use one of {', '.join(names)}")

    return parse_name


def _find_similar(name: str, names: Iterable[str]) -> list[str]:
    """Return the name with nearly the same spelling, or else those that share a word or a number with it."""
    import difflib  # slow to import, and not needed for valid names

    numbers = re.findall("[0-9]+", name)
    candidates = {normalize_name(each): str(each) for each in names if re.findall("[0-9]+", each) == numbers}
    if nearest := difflib.get_close_matches(normalize_name(name), candidates, n=1, cutoff=0.7):
        return [candidates[nearest[0]]]
    words, synonym = _split_words(name), _SYNONYMS.get(name.lower())
    return [each for each in candidates.values() if each == synonym or words & _split_words(each)]


def _split_words(name: str) -> set[str]:
    return {word.lower().rstrip("s") for word in re.findall("[A-Z]?[a-z]+|[0-9]+", name)}


def normalize_name(name: str) -> str:
    """Return the form that `UrlClicks`, `urlclicks`, `url_clicks` and `URL_CLICKS` have in common."""
    return name.replace("_", "").lower()


def format_value(value: object) -> str:
    """Return a short `repr` of a value for an error message."""
    try:
        if isinstance(value, datetime):
            return str(value)  # its repr would be shortened in the middle
        return reprlib.repr(value.value if isinstance(value, StrEnum) else value)
    except ValueError:  # Python refuses to convert an int of more than 4,300 digits to text
        return f"a value of type {type(value).__name__} with too many digits to print"


@cache
def _index_spellings(names: tuple[N, ...]) -> dict[str, N]:
    return {spelling: name for name in names for spelling in (str(name), normalize_name(name))}
