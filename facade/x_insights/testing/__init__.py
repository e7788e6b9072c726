"""A loopback X, for the tests of services that import `x_insights`: `pip install x-insights-28hr[testing]`."""

try:
    from ._sandbox import Sandbox
    from ._spec import ReceivedRequest
except ModuleNotFoundError as error:
    message = f"{error.name} is missing: the test kit needs its extra, `pip install x-insights-28hr[testing]`"
    raise ModuleNotFoundError(message, name=error.name) from error

__all__ = ["ReceivedRequest", "Sandbox"]
