"""A sandbox that responds as X does, for the tests of services that use this library.

It needs the extra: `pip install "x-insights-28hr[testing]"`.
"""

from .._transport import skip_waits

try:
    from ._endpoints import ReceivedRequest
    from ._sandbox import Sandbox
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        f'{_error.name} is missing: the test kit needs its extra, `pip install "x-insights-28hr[testing]"`',
        name=_error.name,
    ) from _error

__all__ = ["ReceivedRequest", "Sandbox", "skip_waits"]
