"""Advice: what to do after a failure of the command."""

from datetime import datetime

from .._errors import (
    ApiError,
    AuthenticationError,
    EndpointUnavailableError,
    ForbiddenError,
    RateLimitError,
    ResponseError,
    UsageCapError,
    XInsightsError,
)


def advise(error: XInsightsError) -> str:
    """Return what to do about a failed request."""
    match error:
        case AuthenticationError():
            advice = "get a new access token of the Posts' author, with the scopes tweet.read and users.read"
        case ForbiddenError(reason="client-not-enrolled"):
            place = error.registration_url or "https://developer.x.com"
            advice = f"enrol the app in a plan that includes the endpoint: {place}"
        case ForbiddenError() if (error.type or "").endswith("/unsupported-authentication"):
            advice = "use the access token of a user instead of an app-only one"
        case ForbiddenError():
            advice = "use a token of the Posts' author, with the scopes tweet.read and users.read"
        case EndpointUnavailableError():
            advice = "use another --endpoint, and check --base-url if you passed one"
        case RateLimitError(retry_at=datetime() as retry_at):
            advice = f"try again at {format_time(retry_at)}"
        case UsageCapError():
            advice = "wait for the next period of your plan, or buy more: an earlier attempt does not help"
        case ResponseError():
            advice = "report this to the authors of x-insights-28hr: X's document may have changed"
        case ApiError(retryable=False, request_id=str() as request_id):
            advice = f"contact X's support, with the request ID {request_id}"
        case _:
            advice = "try again later" if error.retryable else "check --base-url, the proxy and the certificates"
    return advice


def format_time(time: datetime) -> str:
    """Return a time in UTC as text, to the minute."""
    return f"{time:%Y-%m-%d %H:%M} UTC"
