"""The endpoints of X that have post metrics. Each has one module, with everything that is specific to it."""

from .._validation import normalize_name
from .base import Batch, Endpoint, Page
from .insights_28hr import Insights28hr
from .tweets_analytics import TweetsAnalytics

_28HR, _ANALYTICS = Insights28hr(), TweetsAnalytics()
ENDPOINT_CHOICES: dict[str, tuple[Endpoint, ...]] = {
    "28hr": (Insights28hr(advice='; a client with endpoint="analytics" or "auto" requests the other endpoint'),),
    "analytics": (_ANALYTICS,),
    "auto": (_28HR, _ANALYTICS),
}
"""The endpoints of each value of the option `endpoint`, in the order in which they are tried."""
METRIC_NAMES = {normalize_name(metric) for endpoint in ENDPOINT_CHOICES["auto"] for metric in endpoint.metrics}
"""The normalized names of the metrics of all endpoints."""

__all__ = ["ENDPOINT_CHOICES", "METRIC_NAMES", "Batch", "Endpoint", "Page"]
