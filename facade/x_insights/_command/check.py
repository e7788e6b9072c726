"""`--check`: which endpoints a token has access to, and what to do about the others."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from .._client import InsightsClient
from .._errors import ApiError, ForbiddenError, XInsightsError
from .output import format_number
from .report import TIME_FORMAT, advise, translate
from .terminal import clean, render


def check(console: Console, create_client: Callable[..., InsightsClient], tweet_id: str) -> tuple[str, bool]:
    """Request one Post from each endpoint. Return a report, and whether one of them responded with success."""
    reports, successes = [], []
    for endpoint in ("28hr", "analytics"):
        # With a longer wait, an exceeded rate limit would delay the report of it.
        with create_client(endpoint=endpoint, max_wait=0.0) as client:
            access, details = _request(client, tweet_id)
        rate_limit = "not in the response"
        if limit := client.rate_limit:
            rate_limit = f"{limit.remaining:,} of {limit.limit:,} requests remaining until {limit.reset:{TIME_FORMAT}}"
        details += [("rate limit", rate_limit), ("api-version", client.api_version or "not in the response")]
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_row(endpoint, access, style="bold")
        for name, text in details:
            table.add_row(name, clean(text))
        reports.append(render(console, table))
        successes.append(access == "yes")
    return "\n".join(reports), any(successes)


def _request(client: InsightsClient, tweet_id: str) -> tuple[str, list[tuple[str, str]]]:
    try:
        insights = client.get_28hr(tweet_id, "impressions")
    except XInsightsError as error:
        access = "no" if isinstance(error, ApiError) and not error.retryable else "unknown"
        reason = f" ({error.reason})" if isinstance(error, ForbiddenError) and error.reason else ""
        return access, [("why", translate(error) + reason), ("to do", advise(error))]
    messages = [error["message"] for error in insights.errors]
    if tweet := insights.get(tweet_id):
        messages.insert(0, f"{format_number(tweet['totals'].get('Impressions'))} impressions")
    return "yes", [(f"Post {tweet_id}", "; ".join(messages) or "X did not mention it")]
