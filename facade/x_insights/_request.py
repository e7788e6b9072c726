"""Request: what a call asks for, checked, in the form that the generated client sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from x_insights_api.api.tweets import get_insights_28_hr as endpoint
from x_insights_api.models import EngagementField, Granularity, Metric

from ._ids import TweetIds, checked_ids
from ._metrics import checked_fields, checked_granularity, checked_metrics


@attrs.frozen(eq=False, repr=False)
class Query:
    """The checked arguments of one call."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[Metric, ...]
    granularity: Granularity
    fields: tuple[EngagementField, ...]

    @classmethod
    def checked(
        cls,
        tweet_ids: TweetIds,
        metrics: str | Iterable[str],
        granularity: str,
        fields: str | Iterable[str] | None,
    ) -> Query:
        """Check all of it; InvalidRequestError names the first value that X would refuse."""
        return cls(
            checked_ids(tweet_ids), checked_metrics(metrics), checked_granularity(granularity), checked_fields(fields)
        )

    def request(self, tweet_ids: Sequence[str]) -> dict[str, Any]:
        """The `method`, `url` and `params` that ask for these ids."""
        # The one private name of the generated package that we use: its public functions parse as well as build, and
        # take every error for the same one.
        request = endpoint._get_kwargs(
            tweet_ids=list(tweet_ids),
            granularity=self.granularity,
            requested_metrics=list(self.metrics),
            engagement_fields=list(self.fields),
        )
        # The generator ignores `explode: false`; X rejects the repeated keys that its lists would become.
        params = {
            name: ",".join(value) if isinstance(value, list) else value for name, value in request["params"].items()
        }
        return {**request, "params": params}
