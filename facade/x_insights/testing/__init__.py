"""A sandbox that responds as X does, for the tests of services that use this library.

It needs the extra: `pip install "x-insights-28hr[testing]"`.
"""

import sys

from .._transport import skip_waits

try:
    from ._endpoints import ReceivedRequest
    from ._sandbox import Sandbox
except ModuleNotFoundError as _error:
    _message = f'{_error.name} is missing: the test kit needs its extra, `pip install "x-insights-28hr[testing]"`'
    # `python -m x_insights.testing` imports this package before its program, while `sys.argv[0]` is still "-m".
    if sys.argv[:1] == ["-m"] and __name__ in sys.orig_argv:
        sys.exit(f"x_insights.testing: {_message}")
    raise ModuleNotFoundError(_message, name=_error.name) from _error

__all__ = ["ReceivedRequest", "Sandbox", "skip_waits"]
