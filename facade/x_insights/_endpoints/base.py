"""What all endpoints share: their interface, the decoded page, and the common parts of their response bodies."""

import abc
import sys
from collections.abc import Callable, Container
from typing import Annotated, Any, ClassVar

import attrs
import msgspec

from .._query import MetricParser, Period, Query
from .._types import Metrics, PartialError
from .._validation import create_name_parser
from .metrics import SPELLINGS


@attrs.define(eq=False)
class Page:
    """The decoded response to one request.

    Each item of `totals` and `series` has the ID of its Post first and its metrics last, which may be None. One ID may
    occur several times. `read_metrics` returns the metrics as a new dictionary, in the public spelling.
    """

    endpoint: str
    period: Period | None = None
    unavailable: tuple[str, ...] = ()
    totals: list[tuple[str, Any]] = attrs.field(factory=list)
    series: list[tuple[str, str | None, Any]] = attrs.field(factory=list)
    errors: list[PartialError] = attrs.field(factory=list)
    read_metrics: Callable[[Any], Metrics] = dict

    def __reduce__(self) -> tuple[Any, ...]:
        # The metrics may be of a class that pickle cannot find by its name.
        totals = [(tweet_id, self.read_metrics(metrics) if metrics else None) for tweet_id, metrics in self.totals]
        series = [(*place, self.read_metrics(metrics) if metrics else None) for *place, metrics in self.series]
        return Page, (self.endpoint, self.period, self.unavailable, totals, series, self.errors)


class Endpoint(abc.ABC):
    """One endpoint of X: how a page is requested, and how its response is read."""

    name: ClassVar[str]
    page_size: ClassVar[int]
    """The largest number of IDs in a request."""
    metrics: ClassVar[tuple[str, ...]]
    extra_scopes: ClassVar[tuple[str, ...]] = ()
    """The scopes that it requires of a token in addition to `tweet.read`."""

    def __init__(self, advice: str = "") -> None:
        self.advice = advice
        """What to do if X has withdrawn the endpoint, as the end of an error message."""

    @property
    def parse_metric(self) -> MetricParser:
        """The parser of the names of its metrics."""
        return create_name_parser("metric", self.metrics, SPELLINGS)

    @abc.abstractmethod
    def build_request(self, query: Query) -> dict[str, Any]:
        """Return `method`, `url` and `params` of the request for one page."""

    @abc.abstractmethod
    def parse_page(self, body: bytes | bytearray, query: Query) -> Page:
        """Parse the body of the response. Raises ValueError, MsgspecError or RecursionError for any other shape."""

    def adapt_query(self, query: Query) -> Query:
        """Adapt the query of a call to this endpoint, before it is divided into pages."""
        return query

    def compute_page_size(self, query: Query) -> int:
        """Return the number of IDs in a request for an adapted query."""
        return self.page_size

    def compute_max_values(self, query: Query) -> int:
        """Return how many JSON values the body of a page may have, which is far more than it needs."""
        return 1_000_000


@attrs.frozen(eq=False, repr=False)
class Batch:
    """What one request asks for: the query of a page, and the endpoint to send it to."""

    endpoint: Endpoint
    query: Query


# A numeric string is converted to its number. The bounds exclude what JSON encoders refuse: "nan", "inf", and integers
# of more than 64 bits.
Number = (
    Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    | Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
)
Value = Number | None


class Problem(msgspec.Struct, frozen=True, gc=False):
    """A problem of RFC 7807, or an error in X's legacy form, which has a `message` only.

    One of the last two members holds the ID that the problem is about.
    """

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    status: int | None = None
    message: Any = None
    resource_id: Any = None
    value: Any = None


MAX_ERRORS = msgspec.Meta(max_length=10_000)
Problems = Annotated[list[Problem], MAX_ERRORS]


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
    joined = {name: ",".join(value) if isinstance(value, list) else value for name, value in params}
    return {**arguments, "params": joined}
