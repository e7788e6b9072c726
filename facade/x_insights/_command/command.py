"""The command: its arguments, what it runs, and its exit code."""

import argparse
import contextlib
import csv
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.console import Console
from rich.progress import Progress

from .._client import InsightsClient
from .._errors import InvalidRequestError, XInsightsError
from .._results import Insights
from .advice import advise
from .check import check
from .table import render_table
from .terminal import open_console, print_message

USAGE = "x-insights [options] ID...\n       x-insights [options] --check [ID]"
DESCRIPTION = """\
Show the metrics of Posts over the last 28 hours. The access token is read from
the environment variable X_ACCESS_TOKEN."""
EPILOG = """\
Exit code: 0 if all Posts were measured, 3 if some were not, 1 after a failure
(Posts that arrived are shown, and the IDs of the others are on standard error,
as `pending: ID ...`), 2 if an argument is invalid."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    errors = open_console(stderr=True)
    if isinstance(sys.stdout, io.TextIOWrapper):  # None if it is closed
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(parse_arguments(arguments), errors)
    except KeyboardInterrupt:
        return 130  # what shells make of SIGINT; 141 is what they make of SIGPIPE
    except (InvalidRequestError, ModuleNotFoundError) as error:  # the latter if an extra is missing
        print_message(errors, str(error))
        return 2 if isinstance(error, InvalidRequestError) else 1
    except OSError as error:
        # Python would try to write the rest at its end, and report that that failed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            return 141
        print_message(errors, str(error))
        return 1


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments. Exit with 2 if they are invalid."""
    parser = argparse.ArgumentParser(
        "x-insights",
        USAGE,
        DESCRIPTION,
        EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    metrics = "impressions,likes,replies,retweets,engagements"
    parser.add_argument("ids", nargs="*", metavar="ID", help="ID of a Post, or - to read IDs from standard input")
    parser.add_argument("--metrics", metavar="NAMES", default=metrics, help=f"default: {metrics}")
    parser.add_argument("--granularity", metavar="NAME", default="Total", help="Total, Hourly, Daily or Weekly")
    parser.add_argument("--format", choices=("table", "json", "csv"), default="table", help="default: table")
    parser.add_argument("--endpoint", metavar="NAME", default="auto", help="28hr, analytics or auto (default)")
    address = parser.add_mutually_exclusive_group()
    address.add_argument("--base-url", metavar="URL", help="address of X")
    address.add_argument("--sandbox", action="store_true", help="show made-up figures, without X and a token")
    parser.add_argument(
        "--check", nargs="?", const="20", metavar="ID", help="show what X gives to this token, by a Post of yours"
    )
    options = parser.parse_args(arguments)
    if bool(options.ids) == bool(options.check):
        parser.error("pass one or more IDs, or - to read them from standard input, or --check")
    options.ids = [*read_ids(options.ids)]
    options.metrics = [name.strip() for name in options.metrics.split(",")]
    return options


def read_ids(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the IDs, with those of standard input in the place of `-`."""
    for argument in arguments:
        if argument == "-":
            with open(0, "rb", closefd=False) as stdin:
                yield from stdin.read().decode("utf-8-sig", "replace").split()
        else:
            yield argument


def run(options: argparse.Namespace, errors: Console) -> int:
    """Fetch and print what the options ask for. Return the exit code."""
    with contextlib.ExitStack() as stack:
        create_client: Callable[..., InsightsClient] = InsightsClient
        if options.sandbox:
            from ..testing import Sandbox

            sandbox = stack.enter_context(Sandbox())
            print_message(errors, "the figures are made up by a sandbox")
            create_client = partial(InsightsClient, "any-token", base_url=sandbox.url)
        elif not os.environ.get("X_ACCESS_TOKEN"):
            raise InvalidRequestError("no access token: set the environment variable X_ACCESS_TOKEN, or try --sandbox")
        elif options.base_url:
            create_client = partial(InsightsClient, base_url=options.base_url)
        if options.check:
            configure_logging()
            text, is_success = check(open_console(), create_client, options.check)
            print(text, end="", flush=True)
            return 0 if is_success else 1
        client = stack.enter_context(create_client(endpoint=options.endpoint))
        insights, failure = fetch(client, options, errors)
    print(format_insights(insights, options.format), end="", flush=True)
    report(insights, failure, errors)
    if failure:
        return 1
    return 0 if all(tweet_id in insights for tweet_id in insights.tweet_ids) else 3


def fetch(
    client: InsightsClient, options: argparse.Namespace, errors: Console
) -> tuple[Insights, XInsightsError | None]:
    """Fetch all pages, with a progress bar on a terminal. Return what arrived, and the failure if there was one."""
    insights = Insights((), ())
    pages = client.iter_28hr(options.ids, options.metrics, options.granularity)
    is_disabled = errors.is_dumb_terminal or not errors.is_terminal
    with Progress(console=errors, transient=True, disable=is_disabled) as progress:
        configure_logging()
        try:
            for page in progress.track(pages, total=len(pages), description="Pages"):
                insights |= page
        except XInsightsError as error:
            return insights, error
    return insights, None


def configure_logging() -> None:
    """Show the client's retries and waits on standard error, above a progress bar if one is running."""
    logging.basicConfig(format="x-insights: %(message)s")
    logging.getLogger("x_insights").setLevel(logging.INFO)
    logging.getLogger("x_insights.testing").setLevel(logging.WARNING)


def format_insights(insights: Insights, name: str) -> str:
    """Return the insights in the format with this name."""
    if name == "json":
        return json.dumps(insights.to_dict(), indent=2) + "\n"
    if name == "table":
        return render_table(open_console(), insights)
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(("tweet_id", "time", "metric", "value"))
    for tweet_id, tweet in insights.items():
        buckets = ((bucket["time"], bucket["metrics"]) for bucket in tweet["series"])
        for time, metrics in ((None, tweet["totals"]), *buckets):
            writer.writerows((tweet_id, time, metric, value) for metric, value in metrics.items())
    return output.getvalue()


def report(insights: Insights, failure: XInsightsError | None, errors: Console) -> None:
    """Print which Posts and metrics are lacking, and why."""
    for error in insights.errors:
        print_message(errors, f"not measured: {', '.join(error['tweet_ids'])}: {error['message']}")
    if insights.missing:
        print_message(errors, f"X did not mention {', '.join(insights.missing)}")
    if insights.unavailable:
        print_message(errors, f"not available from analytics: {', '.join(insights.unavailable)}")
    if failure:
        print_message(errors, str(failure))
        print_message(errors, advise(failure))
        errors.print(f"pending: {' '.join(failure.pending)}", soft_wrap=True)
