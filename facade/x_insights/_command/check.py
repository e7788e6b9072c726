"""The check: which endpoints X gives to a token, and what to do about the others."""

import json
from collections.abc import Callable, Iterator
from importlib.resources import files

from rich.console import Console
from rich.table import Table

from .._client import InsightsClient
from .._errors import ApiError, ForbiddenError, InvalidRequestError, XInsightsError
from .._results import Insights
from .advice import advise, format_time
from .table import format_value
from .terminal import clean, render

CHECKED_ENDPOINTS = ("28hr", "analytics")


def check(console: Console, create_client: Callable[..., InsightsClient], tweet_id: str) -> tuple[str, bool]:
    """Ask each endpoint for one Post. Return a report, and whether one of them responded with success.

    Raises InvalidRequestError if the ID is invalid.
    """
    reports, successes = [], []
    for endpoint in CHECKED_ENDPOINTS:
        table = Table.grid(padding=(0, 2, 0, 0))
        # With a longer wait, a used-up request window would delay the report of it.
        with create_client(endpoint=endpoint, max_wait=0.0) as client:
            outcome = _request(client, tweet_id)
            is_success = isinstance(outcome, Insights)
            table.add_row(endpoint, "yes" if is_success else "no" if _is_refusal(outcome) else "unknown", style="bold")
            for name, text in (*_describe(outcome), *_describe_client(client)):
                table.add_row(name, clean(text))
        reports.append(render(console, table))
        successes.append(is_success)
    return "\n".join(reports), any(successes)


def read_versions() -> str:
    """Return the versions of X's document that the client was generated from, one for each endpoint."""
    # Not by the package `x_insights.testing`, which needs its extra.
    document = json.loads(files("x_insights").joinpath("testing", "openapi.json").read_text("utf-8"))
    versions: str = document["info"]["version"]
    return versions


def _request(client: InsightsClient, tweet_id: str) -> Insights | XInsightsError:
    try:
        return client.get_28hr(tweet_id, "impressions")
    except InvalidRequestError:
        raise
    except XInsightsError as error:
        return error


def _is_refusal(outcome: object) -> bool:
    return isinstance(outcome, ApiError) and not outcome.retryable


def _describe(outcome: Insights | XInsightsError) -> Iterator[tuple[str, str]]:
    if isinstance(outcome, Insights):
        (tweet_id,) = outcome.tweet_ids
        messages = [error["message"] for error in outcome.errors]
        if tweet_id in outcome:
            messages.insert(0, f"{format_value(outcome[tweet_id]['totals'].get('Impressions'))} impressions")
        yield f"Post {tweet_id}", "; ".join(messages) or "X did not mention it"
        return
    reason = outcome.reason if isinstance(outcome, ForbiddenError) else None
    yield "why", f"{outcome} ({reason})" if reason else str(outcome)
    yield "to do", advise(outcome)


def _describe_client(client: InsightsClient) -> Iterator[tuple[str, str]]:
    window = client.rate_limit
    yield (
        "window",
        f"{window.remaining:,} of {window.limit:,} requests left until {format_time(window.reset)}"
        if window
        else "not in the response",
    )
    yield (
        "api-version",
        f"{client.api_version or 'not in the response'}; this client was generated from {read_versions()}",
    )
