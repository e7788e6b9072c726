"""The endpoints of X that have post metrics. Each has one module, which holds all that is particular to it."""

import attrs

from .._validation import normalize_name
from .base import Batch, Endpoint, Page
from .insights_28hr import INSIGHTS_28HR
from .tweets_analytics import TWEETS_ANALYTICS

_ADVICE = '; a client with endpoint="analytics" or "auto" asks the other endpoint'
ENDPOINTS = {
    "28hr": (attrs.evolve(INSIGHTS_28HR, advice=_ADVICE),),
    "analytics": (TWEETS_ANALYTICS,),
    "auto": (INSIGHTS_28HR, TWEETS_ANALYTICS),
}
"""The endpoints of each value of the option `endpoint`, in the order in which they are tried."""
METRIC_NAMES = {normalize_name(metric) for endpoint in ENDPOINTS["auto"] for metric in endpoint.metrics}
"""The normalized names of the metrics of all endpoints."""

__all__ = ["ENDPOINTS", "METRIC_NAMES", "Batch", "Endpoint", "Page"]
