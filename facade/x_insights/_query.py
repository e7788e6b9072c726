"""The validated arguments of a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import partial

import attrs

from x_insights_api.models import EngagementField, Granularity

from ._validation import TweetIds, parse_name, validate_ids, validate_value, validate_values

EnumNames = str | Iterable[str]
"""What a caller may pass for members of an enum: one name or several."""


@attrs.frozen(eq=False, repr=False)
class Query:
    """What one call asks for, whichever endpoint answers it."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[StrEnum, ...]
    """Some of the endpoint's metrics."""
    granularity: Granularity
    fields: tuple[EngagementField, ...]


def validate_query(
    known_metrics: Sequence[StrEnum],
    tweet_ids: TweetIds,
    metrics: EnumNames,
    granularity: str,
    fields: EnumNames | None,
) -> Query:
    """Validate the arguments of a call. Raises InvalidRequestError for the first value that X would reject."""
    return Query(
        validate_ids(tweet_ids),
        validate_values("metrics", metrics, partial(parse_name, "metric", known_metrics)),
        validate_value("granularity", granularity, partial(parse_name, "granularity", tuple(Granularity))),
        # By default all fields are sent, so that partial errors are never lost.
        tuple(EngagementField)
        if fields is None
        else validate_values("fields", fields, partial(parse_name, "field", tuple(EngagementField))),
    )
