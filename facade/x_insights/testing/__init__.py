"""A loopback X, for the tests of services that import `x_insights`: `pip install x-insights-28hr[testing]`."""

try:
    from ._sandbox import Sandbox
    from ._spec import ReceivedRequest
except ModuleNotFoundError as _error:
    raise ModuleNotFoundError(
        f"{_error.name} is missing: the test kit needs its extra, `pip install x-insights-28hr[testing]`",
        name=_error.name,
    ) from _error

__all__ = ["ReceivedRequest", "Sandbox"]
