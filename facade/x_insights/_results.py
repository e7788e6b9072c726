"""Results: what X answered, as plain dictionaries and rows."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import attrs

from ._errors import ApiError, ResponseError
from ._shapes import InsightsDict, Metrics, PartialError, Row, TweetInsights

if TYPE_CHECKING:
    from ._response import EngagementError, Page, Problem


@attrs.frozen(eq=False, repr=False)
class Insights(Mapping[str, TweetInsights]):
    """The insights of some Posts: a mapping from id to `totals` and `series`, in the order the ids were asked for.

    Metrics have the spec's spelling, which is the value of their `Metric`: `insights["20"]["totals"]["UrlClicks"]`.
    `a | b` is what was asked for and answered in both, such as a `partial` and what its `pending` gave later.
    """

    tweet_ids: tuple[str, ...]
    """The ids that were asked for."""
    _pages: tuple[Page, ...]

    def to_dict(self) -> InsightsDict:
        """`{"tweets": {id: {"totals", "series"}}, "errors": [...], "missing": [...]}`, made anew and ready for JSON.

        Metrics have the spec's spelling, unknown ones the one that X sent; `None` is X's `null`, not zero. Times are
        text, as sent.
        """
        tweets, errors = _tweets(self.tweet_ids, self._pages), self.errors
        return {"tweets": tweets, "errors": errors, "missing": _missing(self.tweet_ids, tweets, errors)}

    def to_rows(self) -> list[Row]:
        """A list of `{"tweet_id", "time", "metric", "value"}`, for pandas, polars and databases.

        `time` is an aware datetime in UTC, None for totals. ResponseError where X sent a time that is not ISO 8601;
        `to_dict` has it as sent.
        """
        rows: list[Row] = []
        for tweet_id, tweet in self._tweets.items():
            series = ((_moment(bucket["time"]), bucket["metrics"]) for bucket in tweet["series"])
            for time, metrics in itertools.chain([(None, tweet["totals"])], series):
                for metric, value in metrics.items():
                    rows.append({"tweet_id": tweet_id, "time": time, "metric": metric, "value": value})
        return rows

    @property
    def errors(self) -> list[PartialError]:
        """The partial errors, of both channels: `data[].errors[]`, and the top-level problems of RFC 7807."""
        asked = set(self.tweet_ids)
        errors: list[PartialError] = []
        for page in self._pages:
            for engagement in page.data:
                errors += map(_engagement_error, engagement.errors)
            errors += (_problem(problem, asked) for problem in page.errors)
        return errors

    @property
    def missing(self) -> list[str]:
        """The ids that were asked for, and neither measured nor named in an error."""
        return _missing(self.tweet_ids, self._tweets, self.errors)

    def raise_for_errors(self) -> Insights:
        """Return these insights where they have no partial errors, else raise ApiError, with them as its `partial`."""
        if not (errors := self.errors):
            return self
        messages = "; ".join(error["message"] for error in errors)
        failure = ApiError(f"X answered only in part: {messages}", status=200, problems=errors)
        failure.partial = self
        raise failure

    @cached_property
    def _tweets(self) -> dict[str, TweetInsights]:
        return _tweets(self.tweet_ids, self._pages)

    def __getitem__(self, tweet_id: str | int) -> TweetInsights:
        return self._tweets[str(tweet_id)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tweets)

    def __len__(self) -> int:
        return len(self._tweets)

    def __or__(self, other: Insights) -> Insights:
        if not isinstance(other, Insights):
            return NotImplemented
        return Insights(tuple(dict.fromkeys(self.tweet_ids + other.tweet_ids)), self._pages + other._pages)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Insights) else NotImplemented

    def __repr__(self) -> str:
        return f"<Insights of {len(self)} Posts, {len(self.errors)} errors, {len(self.missing)} missing>"


def _tweets(tweet_ids: tuple[str, ...], pages: tuple[Page, ...]) -> dict[str, TweetInsights]:
    """Merge the measurements by id, and buckets of one id by time: `data[]` is not one item per Post."""
    from ._metrics import by_metric  # with the generated package, not needed until there are results

    totals: dict[str, Metrics] = {}
    series: dict[str, dict[str, Metrics]] = {}
    for measurement in (engagement.measurement for page in pages for engagement in page.data):
        for total in measurement.metrics_total:
            _merge(totals, total.tweet_id, by_metric(total.value))
        for item in measurement.metrics_time_series:
            buckets = series.setdefault(item.tweet_id, {})
            _merge(buckets, item.value.timestamp.iso8601_time, by_metric(item.value.metric_values))
    measured = dict.fromkeys((*totals, *series))
    # An id that nobody asked for comes last rather than getting lost.
    ordered = dict.fromkeys((*(tweet_id for tweet_id in tweet_ids if tweet_id in measured), *measured))
    return {
        tweet_id: {
            "totals": totals.get(tweet_id, {}),
            "series": [{"time": time, "metrics": metrics} for time, metrics in series.get(tweet_id, {}).items()],
        }
        for tweet_id in ordered
    }


def _merge(counted: dict[str, Metrics], key: str, metrics: Metrics) -> None:
    if key in counted:
        known = counted[key]
        known.update({name: value for name, value in metrics.items() if value is not None or name not in known})
    else:
        counted[key] = metrics


@lru_cache(maxsize=1024)  # the same hours come with every Post
def _moment(time: str) -> datetime:
    from dateutil.parser import isoparse  # not needed until rows are

    try:
        moment = isoparse(time)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        failure = ResponseError(
            f"X sent the time {time!r}, which is not ISO 8601: to_dict() has it as sent", body=time[:500]
        )
    raise failure


def _missing(tweet_ids: Iterable[str], tweets: Container[str], errors: Iterable[PartialError]) -> list[str]:
    named = {tweet_id for error in errors for tweet_id in error["tweet_ids"]}
    return [tweet_id for tweet_id in tweet_ids if tweet_id not in tweets and tweet_id not in named]


def _engagement_error(error: EngagementError) -> PartialError:
    return {"message": error.error, "tweet_ids": list(error.tweets), "type": None, "status": None}


def _problem(problem: Problem, asked: Container[str]) -> PartialError:
    named = (str(value) for value in (problem.resource_id, problem.value))
    tweet_id = next((name for name in named if name in asked), None)
    return {
        "message": problem.detail or problem.title or "",
        "tweet_ids": [] if tweet_id is None else [tweet_id],
        "type": problem.type,
        "status": problem.status,
    }
