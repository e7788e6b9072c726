"""What all endpoints have in common: their description, the decoded page, and the parts that their bodies share."""

import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import attrs
import msgspec

from .._query import Period, Query
from .._types import Bucket, Metrics, PartialError
from .._validation import normalize_name


@attrs.define(eq=False)
class Page:
    """The decoded response to one request, with the metric names and shapes that the public results have."""

    endpoint: str
    window: Period | None = None
    unavailable: tuple[str, ...] = ()
    totals: list[tuple[str, Metrics]] = attrs.field(factory=list)
    series: list[tuple[str, Bucket]] = attrs.field(factory=list)
    """Metrics with the ID of their Post. One ID may come several times."""
    errors: list[PartialError] = attrs.field(factory=list)


@attrs.frozen(eq=False)
class Endpoint:
    """One endpoint of X."""

    name: str
    page_size: int
    metrics: tuple[StrEnum, ...]
    build_request: Callable[[Query, Sequence[str]], dict[str, Any]]
    """Return `method`, `url` and `params` of the request for one page of IDs."""
    parse_page: Callable[[bytes, Query, Sequence[str]], Page]
    """Parse the body of a response to that request. Raises ValueError or RecursionError if it has another shape."""
    adapt_query: Callable[[Query], Query] = lambda query: query
    """Adapt the arguments of a call to the endpoint, once per call."""
    extra_scopes: tuple[str, ...] = ()
    """The scopes that it requires of a token besides `tweet.read`."""
    advice: str = ""
    """What to do if X has withdrawn it, as the end of an error message."""


@attrs.define(eq=False, repr=False)
class Batch:
    """What to request for one page, and the page once it has arrived."""

    endpoint: Endpoint
    query: Query
    tweet_ids: Sequence[str]
    page: Page | None = None


# A numeric string is converted to its number. The bounds exclude what JSON encoders refuse: "nan", "inf", and integers
# of more than 64 bits.
Value = (
    Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    | Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
    | None
)


class Problem(msgspec.Struct, frozen=True, gc=False):
    """A problem of RFC 7807, or an error in X's legacy form, which has a `message` only.

    The last two members are X's; one of them holds the ID that the problem is about.
    """

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    status: int | None = None
    message: Any = None
    resource_id: Any = None
    value: Any = None


def index_spellings(metrics: Iterable[StrEnum]) -> dict[str, str]:
    """Return a mapping from the names that X sends to their public spelling."""
    return {
        spelling: metric.value
        for metric in metrics
        for spelling in (metric.value, metric.name.lower(), normalize_name(metric.value))
    }


def spell(name: str, spellings: Mapping[str, str]) -> str:
    """Return the public spelling of a metric, or the name itself if it is unknown."""
    return spellings.get(name) or spellings.get(normalize_name(name), name)


def spell_metrics(values: Iterable[tuple[str, int | float | None]], spellings: Mapping[str, str]) -> Metrics:
    """Return metrics in their public spelling. Of a metric that comes twice, a value replaces null, and a later one."""
    metrics: Metrics = {}
    for name, value in values:
        spelling = spell(name, spellings)
        if value is not None or spelling not in metrics:
            metrics[spelling] = value
    return metrics


def convert_problem(problem: Problem, tweet_ids: Container[str]) -> PartialError:
    """Convert a problem in a response about `tweet_ids` to a partial error."""
    names = (str(value) for value in (problem.resource_id, problem.value))
    tweet_id = next((name for name in names if name in tweet_ids), None)
    message = problem.message if isinstance(problem.message, str) else ""
    return {
        "message": problem.detail or problem.title or message,
        "tweet_ids": [] if tweet_id is None else [tweet_id],
        "type": problem.type,
        "status": problem.status,
    }


def join_arrays(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return a generated request with each array parameter as one comma-separated value.

    The generator ignores `explode: false`, and X rejects the repeated keys that httpx would make of a list.
    """
    params = arguments["params"].items()
    return {
        **arguments,
        "params": {name: ",".join(value) if isinstance(value, list) else value for name, value in params},
    }
