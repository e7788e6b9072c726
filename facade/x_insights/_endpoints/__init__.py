"""The endpoints of X that have post metrics. Each has one module, with everything that is specific to it."""

from .base import Batch as Batch
from .base import Endpoint as Endpoint
from .base import Page as Page
from .insights_28hr import Insights28hr
from .tweets_analytics import TweetsAnalytics
from .tweets_analytics import validate_period as validate_period

_28HR, _ANALYTICS = Insights28hr(), TweetsAnalytics()
ENDPOINT_CHOICES: dict[str, tuple[Endpoint, ...]] = {
    "28hr": (Insights28hr(advice='; a client with endpoint="analytics" or "auto" requests the other endpoint'),),
    "analytics": (_ANALYTICS,),
    "auto": (_28HR, _ANALYTICS),
}
"""The endpoints of each value of the option `endpoint`, in the order in which they are tried."""
