"""The validated arguments of a call."""

from collections.abc import Callable, Iterable
from datetime import datetime

import attrs

from x_insights_api.models import EngagementField, Granularity

from ._types import Fields, GranularityName
from ._validation import PostIds, create_name_parser, validate_ids, validate_value, validate_values

MetricNames = str | Iterable[str]
"""What a caller may pass as `metrics`: one name or several."""

MetricParser = Callable[[object], str]

Period = tuple[datetime, datetime]
"""A start and an end, as aware datetimes in UTC."""


@attrs.frozen(eq=False, repr=False)
class Query:
    """The arguments of a call, or of the request for one of its pages."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[str, ...]
    """The metrics in the public spelling."""
    granularity: Granularity
    fields: tuple[EngagementField, ...]
    period: Period | None = None
    """The requested period, if the endpoint has parameters for it."""
    unavailable: tuple[str, ...] = ()
    """The requested metrics that the endpoint does not have."""

    def select(self, tweet_ids: tuple[str, ...]) -> "Query":
        """Return the same query for these IDs."""
        # attrs.evolve takes five times as long, for each page.
        return Query(tweet_ids, self.metrics, self.granularity, self.fields, self.period, self.unavailable)


def validate_query(
    parse_metric: MetricParser,
    tweet_ids: PostIds,
    metrics: MetricNames,
    granularity: GranularityName,
    fields: Fields,
    *,
    period: Period | None = None,
) -> Query:
    """Validate the arguments of a call. Raises InvalidRequestError for the first value that X would reject."""
    return Query(
        validate_ids(tweet_ids),
        validate_values("metrics", metrics, parse_metric),
        validate_value("granularity", granularity, create_name_parser("granularity", tuple(Granularity))),
        # By default all fields are sent, so that partial errors are never lost.
        tuple(EngagementField)
        if fields is None
        else validate_values("fields", fields, create_name_parser("field", tuple(EngagementField))),
        period,
    )


def format_time(time: datetime) -> str:
    """Return a time in UTC as X documents it. The generated code writes `+00:00` instead of `Z`."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
