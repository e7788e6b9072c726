"""`--check`: which endpoints a token has access to, and what to do about the others."""

from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from .._client import InsightsClient
from .._errors import ApiError, ForbiddenError, InvalidRequestError, XInsightsError
from .._results import Insights
from .advice import advise, format_time
from .table import format_number
from .terminal import clean, render

CHECKED_ENDPOINTS = ("28hr", "analytics")


def check(console: Console, create_client: Callable[..., InsightsClient], tweet_id: str) -> tuple[str, bool]:
    """Request one Post from each endpoint. Return a report, and whether one of them responded with success.

    Raises InvalidRequestError if the ID is invalid.
    """
    reports, successes = [], []
    for endpoint in CHECKED_ENDPOINTS:
        table = Table.grid(padding=(0, 2, 0, 0))
        # With a longer wait, an exceeded rate limit would delay the report of it.
        with create_client(endpoint=endpoint, max_wait=0.0) as client:
            outcome = _request(client, tweet_id)
            is_success = isinstance(outcome, Insights)
            is_refused = isinstance(outcome, ApiError) and not outcome.retryable
            table.add_row(endpoint, "yes" if is_success else "no" if is_refused else "unknown", style="bold")
            for name, text in (*_describe_outcome(outcome), *_describe_client(client)):
                table.add_row(name, clean(text))
        reports.append(render(console, table))
        successes.append(is_success)
    return "\n".join(reports), any(successes)


def _request(client: InsightsClient, tweet_id: str) -> Insights | XInsightsError:
    try:
        return client.get_28hr(tweet_id, "impressions")
    except InvalidRequestError:
        raise
    except XInsightsError as error:
        return error


def _describe_outcome(outcome: Insights | XInsightsError) -> Iterator[tuple[str, str]]:
    if isinstance(outcome, Insights):
        (tweet_id,) = outcome.tweet_ids
        messages = [error["message"] for error in outcome.errors]
        if tweet_id in outcome:
            messages.insert(0, f"{format_number(outcome[tweet_id]['totals'].get('Impressions'))} impressions")
        yield f"Post {tweet_id}", "; ".join(messages) or "X did not mention it"
        return
    reason = outcome.reason if isinstance(outcome, ForbiddenError) else None
    yield "why", f"{outcome} ({reason})" if reason else str(outcome)
    yield "to do", advise(outcome)


def _describe_client(client: InsightsClient) -> Iterator[tuple[str, str]]:
    rate_limit = "not in the response"
    if limit := client.rate_limit:
        rate_limit = f"{limit.remaining:,} of {limit.limit:,} requests remaining until {format_time(limit.reset)}"
    yield "rate limit", rate_limit
    yield "api-version", client.api_version or "not in the response"
