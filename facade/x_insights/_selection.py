"""The selection of the endpoint that a client asks."""

import itertools
import logging
from collections.abc import Sequence

from ._endpoints import Endpoint

logger = logging.getLogger("x_insights")


class EndpointSelector:
    """Selects among the endpoints of a client, which are in the order in which they are tried."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._fallbacks = dict(itertools.pairwise(endpoints))
        self._unannounced = dict(self._fallbacks)
        self.current: Endpoint = endpoints[0]
        """The endpoint to try first."""

    def find_fallback(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint to try if X has withdrawn this one."""
        return self._fallbacks.get(endpoint)

    def record_success(self, endpoint: Endpoint) -> None:
        """Try this endpoint first from now on, if it is the fallback of the one tried first so far."""
        withdrawn = self.current
        # Threads may fall back at the same time. `pop` is atomic, so that one of them logs the warning.
        if self.find_fallback(withdrawn) is endpoint and self._unannounced.pop(withdrawn, None) is not None:
            self.current = endpoint
            logger.warning("X has withdrawn the endpoint %r: using %r from now on", withdrawn.name, endpoint.name)
