"""Results: the decoded pages of a call as plain dictionaries, rows and Arrow tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, TypeVar, overload

import attrs

from ._endpoints import Page
from ._errors import ApiError
from ._query import Period, format_time
from ._tables import build_html, build_rows, build_table, format_count
from ._types import Bucket, InsightsDict, Metrics, PartialError, Row, TweetInsights

T = TypeVar("T")


@attrs.frozen(eq=False, repr=False)
class Insights(Mapping[str, TweetInsights]):
    """The insights of some Posts: a mapping from ID to `totals` and `series`, in the order of the call.

    Metrics are spelled as in X's document, which is the value of their `Metric`:
    `insights["20"]["totals"]["UrlClicks"]`. `a | b` joins the insights of two calls, such as an error's `partial` and
    those of its `pending` IDs. Insights are equal if they have the same metrics, errors and missing IDs.
    """

    tweet_ids: tuple[str, ...]
    """The IDs of the call."""
    _pages: tuple[Page, ...]

    def to_dict(self) -> InsightsDict:
        """Return all insights as new dictionaries, ready for JSON.

        Returns:
            A dictionary with `tweets` (a dictionary from ID to `totals` and `series`), and the properties `errors`,
            `missing`, `endpoints`, `period` (as two texts) and `unavailable`. Metrics are spelled as in X's
            document. Unknown ones and times are unchanged. `None` is X's `null`, not zero.
        """
        tweets, errors, period = _merge(self.tweet_ids, self._pages), self.errors, self.period
        return {
            "tweets": tweets,
            "errors": errors,
            "missing": _find_missing(self.tweet_ids, tweets, errors),
            "endpoints": list(self.endpoints),
            "period": None if period is None else [format_time(time) for time in period],
            "unavailable": list(self.unavailable),
        }

    def to_rows(self) -> list[Row]:
        """Return one row per value. If there are none, a data frame of them has no columns, and one of `to_arrow` has.

        Returns:
            A list of `{"tweet_id", "time", "metric", "value"}`. `time` is an aware datetime in UTC, None for a total.

        Raises:
            ResponseError: If X sent a time that is not ISO 8601. `to_dict` returns it unchanged.
        """
        return build_rows(self._tweets)

    def to_arrow(self) -> Any:
        """Return the rows of `to_rows` as an Arrow table, which needs the extra `arrow`.

        Returns:
            A `pyarrow.Table` (pyarrow ships no types) with the columns `tweet_id` (string), `time` (timestamp in
            microseconds, UTC), `metric` (string) and `value` (double), also if it is empty. An integer beyond 2^53
            becomes the nearest double.

        Raises:
            ResponseError: If X sent a time that is not ISO 8601. `to_dict` returns it unchanged.
            ImportError: If pyarrow is not installed.
        """
        return build_table(self._tweets)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Export `to_arrow` as a stream by Arrow's PyCapsule protocol, for DuckDB, `pyarrow.table` and others."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    @property
    def errors(self) -> list[PartialError]:
        """The partial errors, which X sends per group of Posts or as problems of RFC 7807."""
        return [{**error, "tweet_ids": [*error["tweet_ids"]]} for page in self._pages for error in page.errors]

    @property
    def missing(self) -> list[str]:
        """The IDs of the call that have neither insights nor a partial error that names them."""
        return _find_missing(self.tweet_ids, self._tweets, self.errors)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints that responded, such as `("28hr",)`, in the order of the pages."""
        return tuple(dict.fromkeys(page.endpoint for page in self._pages))

    @property
    def period(self) -> Period | None:
        """The requested period, from the earliest start to the latest end, as aware datetimes. None from `28hr`."""
        periods = [page.period for page in self._pages if page.period]
        return (min(start for start, _ in periods), max(end for _, end in periods)) if periods else None

    @property
    def unavailable(self) -> tuple[str, ...]:
        """The requested metrics that were left out because the endpoint that responded does not have them."""
        return tuple(dict.fromkeys(metric for page in self._pages for metric in page.unavailable))

    def raise_for_errors(self) -> Self:
        """Return these insights if they have no partial errors. Posts that are `missing` are not errors here.

        Raises:
            ApiError: If there are partial errors. Its `partial` has these insights.
        """
        if not (errors := self.errors):
            return self
        messages = "; ".join(error["message"] for error in errors)
        failure = ApiError(f"X responded only in part: {messages}", status=200, problems=errors)
        failure.partial = self
        raise failure

    @cached_property
    def _tweets(self) -> dict[str, TweetInsights]:
        return _merge(self.tweet_ids, self._pages)

    def __getitem__(self, tweet_id: str | int) -> TweetInsights:
        tweet = self._tweets[str(tweet_id)]
        series: list[Bucket] = [{"time": each["time"], "metrics": {**each["metrics"]}} for each in tweet["series"]]
        return {"totals": {**tweet["totals"]}, "series": series}

    @overload
    def get(self, tweet_id: str | int, /) -> TweetInsights | None: ...

    @overload
    def get(self, tweet_id: str | int, default: TweetInsights | T, /) -> TweetInsights | T: ...

    def get(self, tweet_id: str | int, default: TweetInsights | T | None = None, /) -> TweetInsights | T | None:
        """Return the insights of a Post, or the default if there are none."""
        return self[tweet_id] if str(tweet_id) in self._tweets else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._tweets)

    def __len__(self) -> int:
        return len(self._tweets)

    def __or__(self, other: "Insights") -> "Insights":
        if not isinstance(other, Insights):
            return NotImplemented
        return join_insights((self, other))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Insights):
            return NotImplemented
        return (self._tweets, self.errors, self.missing) == (other._tweets, other.errors, other.missing)

    def __repr__(self) -> str:
        posts, errors = format_count(len(self), "Post"), format_count(len(self.errors), "error")
        return f"<Insights of {posts}, {errors}, {len(self.missing)} missing>"

    def _repr_html_(self) -> str:
        return build_html(self._tweets, repr(self)[1:-1])


def join_insights(parts: Sequence[Insights]) -> Insights:
    """Join insights as `|` does, which would copy all previous pages for each of many."""
    tweet_ids = dict.fromkeys(tweet_id for part in parts for tweet_id in part.tweet_ids)
    return Insights(tuple(tweet_ids), tuple(page for part in parts for page in part._pages))


def _merge(tweet_ids: Iterable[str], pages: Iterable[Page]) -> dict[str, TweetInsights]:
    """Merge all measurements of a Post, and those of one time bucket of it. X does not send one item per Post."""
    totals: dict[str, Metrics] = {}
    series: dict[str, dict[str | int, Bucket]] = {}
    for page in pages:
        for tweet_id, values in page.totals:
            metrics = page.read_metrics(values) if values else {}
            _add_metrics(totals.setdefault(tweet_id, metrics), metrics)
        for tweet_id, time, values in page.series:
            metrics = page.read_metrics(values) if values else {}
            buckets = series.setdefault(tweet_id, {})
            # A bucket without a time is never merged: its number in the series is its key.
            bucket = buckets.setdefault(len(buckets) if time is None else time, {"time": time, "metrics": metrics})
            _add_metrics(bucket["metrics"], metrics)
    measured = dict.fromkeys((*totals, *series))
    requested = (tweet_id for tweet_id in tweet_ids if tweet_id in measured)
    return {
        tweet_id: {"totals": totals.get(tweet_id, {}), "series": list(series.get(tweet_id, {}).values())}
        # An ID that nobody requested comes last, so that it is not lost.
        for tweet_id in dict.fromkeys((*requested, *measured))
    }


def _add_metrics(known: Metrics, metrics: Metrics) -> None:
    """Add metrics to those of the same Post and time. A later value replaces an earlier one unless it is null."""
    if known is not metrics:
        known.update({name: value for name, value in metrics.items() if value is not None or name not in known})


def _find_missing(tweet_ids: Iterable[str], tweets: Iterable[str], errors: Iterable[PartialError]) -> list[str]:
    found = {*tweets, *(tweet_id for error in errors for tweet_id in error["tweet_ids"])}
    return [tweet_id for tweet_id in tweet_ids if tweet_id not in found]
