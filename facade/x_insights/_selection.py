"""The selection of the endpoint that a client asks."""

import itertools
import logging
from collections.abc import Sequence

from ._endpoints import Endpoint

logger = logging.getLogger("x_insights")


class EndpointSelector:
    """Selects among the endpoints of a client, which are in the order in which they are tried."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._endpoints = endpoints
        self.current = endpoints[0]
        """The endpoint to try first."""

    def find_fallback(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the endpoint to try if X has withdrawn this one."""
        return dict(itertools.pairwise(self._endpoints)).get(endpoint)

    def confirm(self, endpoint: Endpoint) -> None:
        """Take note of a success of this endpoint. If it is a fallback, it is the one to try first from now on."""
        if self.find_fallback(self.current) is endpoint:
            logger.warning("X has withdrawn the endpoint %r: using %r from now on", self.current.name, endpoint.name)
            self.current = endpoint
