"""What the command says about missing Posts and failures, in the words of a shell."""

import re
from collections.abc import Iterator
from datetime import datetime

from .. import _errors as errors
from .._types import InsightsDict

TIME_FORMAT = "%Y-%m-%d %H:%M UTC"
# The words of the library's messages, and those of a shell.
TRANSLATIONS = {
    "pass `token`, or (.*)": r"\1, or try --sandbox",
    "`?base_url`?": "--base-url",
    "`?(start|end)_time`?": r"--\1",
    r"(metrics)\[\d+\] is": r"--\1 has",
    r'a client with endpoint="(\w+)" or "(\w+)"': r"--endpoint \1 or \2",
}
ADVICE: dict[type, str] = {
    errors.AuthenticationError: "get a new token of the Posts' author, with the scopes tweet.read and users.read",
    errors.ForbiddenError: "use a token of the Posts' author, with the scopes tweet.read and users.read",
    errors.EndpointUnavailableError: "use another --endpoint, and check --base-url if you passed one",
    errors.UsageCapError: "wait for the next period of your plan, or buy more: a retry before that does not help",
    errors.ResponseError: "report this to the authors of x-insights-28hr: X's document may have changed",
}


def translate(error: Exception) -> str:
    """Return the message of an error, with the command's options instead of Python's."""
    message = str(error)
    if isinstance(error, errors.ApiError) and error.body:  # X's own words
        return message
    for words, option in TRANSLATIONS.items():
        message = re.sub(words, option, message)
    return message


def describe_gaps(insights: InsightsDict) -> Iterator[str]:
    """Say which Posts and metrics are missing, and why."""
    for error in insights["errors"]:
        yield ": ".join(filter(None, ("not measured", ", ".join(error["tweet_ids"]), error["message"])))
    if insights["missing"]:
        yield f"X did not mention {', '.join(insights['missing'])}"
    if insights["unavailable"]:
        yield f"not available from analytics: {', '.join(insights['unavailable'])}"


def advise(error: errors.XInsightsError) -> str:
    """Return what to do about a failed request."""
    match error:
        case errors.ForbiddenError(reason="client-not-enrolled"):
            return f"enrol the app in a plan that includes the endpoint: {error.registration_url or 'https://developer.x.com'}"
        case errors.ForbiddenError() if (error.type or "").endswith("/unsupported-authentication"):
            return "use the access token of a user instead of an app-only one"
        case errors.RateLimitError(retry_at=datetime() as retry_at):
            return f"try again at {retry_at:{TIME_FORMAT}}"
        case errors.ApiError(retryable=False, request_id=str() as request_id) if type(error) not in ADVICE:
            return f"contact X's support, with the request ID {request_id}"
    default = "try again later" if error.retryable else "check --base-url, the proxy and the certificates"
    is_html = isinstance(error, errors.ResponseError) and error.body.lstrip().startswith("<")
    return default if error.retryable or is_html else ADVICE.get(type(error), default)
